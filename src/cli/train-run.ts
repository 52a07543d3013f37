import { fail, KcError } from "../errors.ts";
import type { Graph, TrainingSetup } from "../ir/graph.ts";
import type { WeightRef } from "../ir/tensor.ts";
import type { JsonObject } from "../json.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { trainableReport } from "../surgery/trainable-report.ts";
import { savedOptimizer } from "../targets/keras/index.ts";
import type { Callback, WeightValues } from "../train/callback.ts";
import { dropoutNumbers } from "../train/dropout-numbers.ts";
import { type FitOptions, fitModel } from "../train/fit.ts";
import { type History, lastOf } from "../train/history.ts";
import { judgesOf } from "../train/judges.ts";
import type { Metric } from "../train/metrics/resolve-metrics.ts";
import type { StateArray } from "../train/optimizers/state.ts";
import { type ScoredData, scoreData } from "../train/score-data.ts";
import type { NamedArray } from "../train/snapshot.ts";
import { createTrainer, frozenNormOf, type Trainer } from "../train/trainer.ts";
import { weightsOf } from "../train/weight-values.ts";
import type { FlagReader } from "./flag-reader.ts";
import { wholeAbove0 } from "./open-classifier.ts";
import type { Terminal } from "./terminal.ts";
import type { RunBackup } from "./train-backup.ts";
import { trainCallbacks } from "./train-callbacks.ts";
import type { TrainData, TrainPictures } from "./train-data.ts";
import { cutFrozen, type FrozenReport, storedNormHint, type WholeRun } from "./train-frozen.ts";
import { logCallbacks } from "./train-logs.ts";
import { knownMetrics } from "./train-metrics.ts";
import type { Trainee } from "./train-model.ts";
import { progressPrinter } from "./train-progress.ts";
import { seedOf } from "./train-seed.ts";
import { startRate, type TrainSetup } from "./train-setup.ts";
import { writeOrWarn } from "./write-or-warn.ts";

/** What a run is made of. */
export interface TrainParts {
  readonly trainee: Trainee;
  readonly setup: TrainSetup;
  readonly data: TrainData;
  readonly pictures: TrainPictures;
  readonly flags: FlagReader;
  readonly terminal: Terminal;
  readonly backup: RunBackup | undefined;
  readonly quiet: boolean;
  readonly phase: PhaseState;
  readonly warn: (text: string) => void;
  /** Writes the model as it stands. */
  save(path: string, trained: Trained): Promise<void>;
}

/** Where a training stands among those of a run. */
export interface PhaseState {
  /** From 0. */
  readonly index: number;
  /** Epochs of the phases before. */
  readonly before: number;
  /** What they measured. */
  readonly history: History;
  /** Weights after each of them, to be kept with the run. */
  readonly done: readonly NamedArray[];
  /** The rate that the last one began with. */
  readonly rate: number | undefined;
  /** Which options are this phase's own. */
  readonly own: { readonly learningRate: boolean; readonly optimizer: boolean };
}

/** A model's numbers after training. */
export interface Trained {
  /** The model that was trained, with its numbers from before. */
  readonly traced: TracedModel;
  /** How it was trained, where its file says otherwise. */
  readonly setup?: TrainingSetup;
  readonly values: WeightValues;
  readonly optimizer: readonly StateArray[];
  /** The weights that the optimizer's arrays belong to. */
  readonly weights: readonly WeightRef[];
  /** Left out where it goes by the schedule of the file. */
  readonly learningRate?: number;
}

/** What a run gives. */
export interface TrainingResult extends Trained {
  readonly history: History;
  /** The rate that the run began with. */
  readonly startRate: number;
  /** The rate that the next step would have. */
  readonly endRate: number;
  /** Epoch (from 1) in which the loss became no number. */
  readonly lostIn: number | undefined;
  /** The validation samples by the trained model, where a report is wanted. */
  readonly validated: ScoredData | undefined;
  /** Of the part that was computed apart, if there was one. */
  readonly frozen: FrozenReport | undefined;
}

/** Refuses what a training would refuse, before any work: a later one of several must not take with it what came before. Throws `KcError`. */
export function checkTraining(parts: Omit<TrainParts, "phase">): void {
  const { flags, setup, trainee } = parts;
  const graph = { ...trainee.graph, training: setup.training };
  if (trainableReport(trainee.traced).trained === 0) failFrozen();
  wholeAbove0(flags, "epochs");
  wholeAbove0(flags, "gradientAccumulation");
  startRate(flags, 1);
  const metrics = knownMetrics(graph, flags, () => undefined);
  const measured = measuredNames(graph, metrics, parts);
  trainCallbacks(flags, { measured, rate: 1, save: async () => undefined });
}

/** Trains a model on the active backend as the options say, until its epochs are over or the signal comes. */
export async function runTraining(parts: TrainParts, signal: AbortSignal): Promise<TrainingResult> {
  const { flags, terminal, quiet, warn } = parts;
  const whole = wholeRun(parts);
  const cut = cutFrozen(whole);
  hintAtStoredNorm(whole, parts);
  const { graph } = cut ?? whole;
  const trainer = createTrainer(graph, {
    random: dropoutNumbers(seedOf(flags), parts.phase.index),
    frozenNorm: whole.frozenNorm,
  });
  try {
    restoreOptimizer(trainer, parts);
    trainer.learningRate = firstRate(trainer, parts);
    const { learningRate: rate } = trainer;
    checkTrainer(trainer);
    const { before, history: after } = parts.phase;
    const epochs = before + (wholeAbove0(flags, "epochs") ?? DEFAULT_EPOCHS);
    const metrics = knownMetrics(graph, flags, warn);
    const callbacks = trainCallbacks(flags, {
      measured: measuredNames(graph, metrics, parts),
      rate,
      save: (path) => writeOrWarn(warn, () => parts.save(path, trainedBy(trainer, parts))),
    });
    const logs = logCallbacks(flags, graph.source.version, warn);
    const data = (await cut?.features(signal, quiet ? undefined : terminal)) ?? parts.data;
    const history = await fitModel(trainer, data.train, {
      epochs,
      after,
      accumulation: wholeAbove0(flags, "gradientAccumulation") ?? 1,
      metrics,
      callbacks: [changedRate(parts), ...callbacks, ...logs],
      ...backupOptions(parts),
      signal,
      ...(data.validation === undefined ? {} : { validation: data.validation }),
      ...(quiet ? {} : { onProgress: progressPrinter(terminal) }),
      onNote: (text) => (quiet ? undefined : terminal.say(text)),
      onWarning: warn,
    });
    const lostIn = lostEpoch(history);
    const frozen = "frozen" in data ? data.frozen : undefined;
    const isReported = flags.has("report") && data.validation !== undefined && lostIn === undefined;
    const scored = isReported ? await scoreData(trainer, data.validation) : undefined;
    const trained = trainedBy(trainer, parts);
    const rates = { startRate: rate, endRate: trainer.learningRate };
    return { ...trained, ...rates, history, lostIn, frozen, validated: scored };
  } finally {
    trainer.dispose();
    await cut?.close();
  }
}

function hintAtStoredNorm(whole: WholeRun, { flags, terminal, quiet }: TrainParts): void {
  const hint = flags.has("frozenNorm") ? undefined : storedNormHint(whole);
  if (hint !== undefined && !quiet) terminal.say(terminal.dim(hint));
}

/** The epoch (from 1) in which the loss became no number. */
function lostEpoch(history: History): number | undefined {
  const lost = !Number.isFinite(lastOf(history).loss ?? 0);
  return lost ? (history.epoch.at(-1) ?? 0) + 1 : undefined;
}

/** What would be trained if nothing was frozen. */
function wholeRun({ trainee, setup, data, pictures, flags }: TrainParts): WholeRun {
  const graph = { ...trainee.graph, training: setup.training };
  const { input, train, validation } = data;
  return {
    graph,
    train: { pictures: pictures.train, data: train },
    validation: validation &&
      pictures.validation && { pictures: pictures.validation, data: validation },
    input,
    frozenNorm:
      flags.oneOf("frozenNorm", ["batch", "stored"]) ??
      (trainee.begins ? "stored" : frozenNormOf(setup.training, graph)),
    backend: flags.text("backend") ?? "auto",
    cache: flags.text("featureCache"),
  };
}

const DEFAULT_EPOCHS = 10;

/** What the command line was, kept with the run. */
function commandOf(flags: FlagReader): JsonObject {
  return { learningRate: flags.text("learningRate") ?? null };
}

function backupOptions({ backup, flags, warn, phase }: TrainParts): Partial<FitOptions> {
  if (backup === undefined) return {};
  const { resume, every } = backup;
  const { index, before, done } = phase;
  const command = { ...commandOf(flags), phase: index, before };
  const isOwn = (resume?.command.phase ?? 0) === index;
  return {
    ...(resume === undefined || !isOwn ? {} : { resume: resume.snapshot }),
    backup: {
      ...(every === undefined ? {} : { every }),
      save: ({ state, arrays }) =>
        writeOrWarn(warn, () => backup.save({ state, arrays: [...arrays, ...done] }, command)),
    },
  };
}

/** A rate that is asked for only now counts from where the run stands; the one it was begun with has been changed by callbacks. */
function changedRate({ backup, flags, phase }: TrainParts): Callback {
  return {
    onTrainBegin({ trainer }) {
      const { learningRate: before, phase: index = 0 } = backup?.resume?.command ?? {};
      if (before === undefined || index !== phase.index || before === commandOf(flags).learningRate)
        return;
      trainer.learningRate = startRate(flags, trainer.learningRate) ?? trainer.learningRate;
    },
  };
}

/** What was typed, or what the phase before began with, unless the phase has an optimizer of its own. */
function firstRate({ learningRate }: Trainer, { flags, phase }: TrainParts): number {
  const { own, rate } = phase;
  if (rate === undefined) return startRate(flags, learningRate) ?? learningRate;
  if (own.learningRate) return startRate(flags, rate) ?? rate;
  return own.optimizer ? learningRate : rate;
}

function trainedBy(trainer: Trainer, { trainee, setup }: TrainParts): Trained {
  return {
    traced: trainee.traced,
    ...(setup.stated ? { setup: setup.training } : {}),
    values: weightsOf(trainer),
    optimizer: trainer.saveState(trainer.graph.source.version),
    weights: trainer.weights.map(({ ref }) => ref),
    ...(trainer.scheduled ? {} : { learningRate: trainer.learningRate }),
  };
}

/** Goes on with what the file keeps of the optimizer, unless it is another one. */
function restoreOptimizer(trainer: Trainer, { trainee, setup, warn }: TrainParts): void {
  if (setup.newOptimizer) return;
  const refs = trainer.weights.map(({ ref }) => ref);
  const saved = savedOptimizer(trainee.traced, refs);
  if (saved === undefined) return;
  if (typeof saved === "string") {
    warn(`The optimizer starts anew: ${saved}`);
    return;
  }
  try {
    trainer.restoreState(saved, trainer.graph.source.version);
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "bad-weights") throw error;
    warn(`The optimizer starts anew: ${error.diagnostics[0]?.text ?? error.message}`);
  }
}

function checkTrainer({ weights, learningRate, scheduled }: Trainer): void {
  if (weights.length === 0) failFrozen();
  if (!(learningRate > 0 || scheduled)) {
    fail("bad-option", `The learning rate is ${learningRate}: nothing would be learnt.`, {
      hint: "Give another: --learning-rate 0.001",
    });
  }
}

function failFrozen(): never {
  return fail("bad-option", "No weight of the model is trained: all its layers are frozen.", {
    hint: "Unfreeze some: --unfreeze PATTERNS",
  });
}

/** What callbacks may look at after an epoch. */
function measuredNames(
  graph: Graph,
  metrics: readonly Metric[],
  { data, setup }: Pick<TrainParts, "data" | "setup">,
): readonly string[] {
  const losses = judgesOf(graph, setup.training).flatMap(({ logged }) => logged ?? []);
  const names = ["loss", ...losses, ...metrics.map(({ name }) => name)];
  return data.validation === undefined ? names : [...names, ...names.map((name) => `val_${name}`)];
}

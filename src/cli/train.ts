import { type OpenedBackend, openBackend } from "../backends/open-backend.ts";
import { TRAINING_BACKENDS } from "../backends/training-backends.ts";
import { type Diagnostic, fail } from "../errors.ts";
import { checkOutput } from "../io/node.ts";
import { writeKeras } from "../targets/keras/index.ts";
import { hashOfFiles } from "./file-hash.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
import { wholeAbove0 } from "./open-classifier.ts";
import { type PicturePreparation, picturePreparation } from "./picture-preparation.ts";
import { PICTURE_FAULT, sayFaults, sayWarnings } from "./picture-run.ts";
import { saveAnyhow } from "./save-anyhow.ts";
import { openTerminal, type Terminal } from "./terminal.ts";
import { isBuilt } from "./train-architecture.ts";
import { openBackup, type RunBackup } from "./train-backup.ts";
import { readTrainConfig, type TrainConfig } from "./train-config.ts";
import {
  listTrainPictures,
  openTrainData,
  type TrainData,
  type TrainPictures,
  unseenClasses,
} from "./train-data.ts";
import { tellPlan } from "./train-dry-run.ts";
import { checkTrainFlags } from "./train-flag-checks.ts";
import { TRAIN_FLAGS } from "./train-flags.ts";
import { checkLogs, type RunToReport, runReports } from "./train-logs.ts";
import { openTrainee, type Trainee } from "./train-model.ts";
import { type TrainPhase, trainPhases } from "./train-phases.ts";
import type { Trained, TrainingResult } from "./train-run.ts";
import { seedOf } from "./train-seed.ts";
import { trainSetup } from "./train-setup.ts";
import { trainedContainer } from "./trained-container.ts";
import { untilInterrupted } from "./until-interrupted.ts";
import { writeInterruptibly } from "./write-interruptibly.ts";
import { checkTexts, writeTexts } from "./write-texts.ts";

/**
 * Runs `kc train`: open the model, list and open the pictures, train, write. Throws `KcError`; the exit code is 3 when a picture
 * could not be used, else 0.
 */
export async function train(model: string, folder: string, raw: RawFlags): Promise<number> {
  const path = readFlags(raw).text("config");
  const table = TRAIN_FLAGS.flatMap(({ flags }) => flags);
  const config = path === undefined ? NO_CONFIG : readTrainConfig(path, table, checkTrainFlags);
  checkTrainFlags(raw);
  try {
    const { flags: file, phases: inFile } = config;
    const phases = trainPhases({ typed: raw, file, phases: inFile });
    return await trainAs(model, folder, readFlags({ ...file, ...raw }), phases);
  } catch (error) {
    throw config.located(error);
  }
}

const NO_CONFIG: TrainConfig = { flags: {}, phases: [], located: (error) => error };

/** With an architecture there is no model file, and the folder comes first. */
async function trainAs(
  first: string,
  second: string,
  flags: FlagReader,
  phases: readonly TrainPhase[],
): Promise<number> {
  const [model, folder] = second === "" ? [undefined, first] : [first, second];
  isBuilt(model, flags);
  const output = flags.has("dryRun") ? "" : outputOf(flags);
  const terminal = openTerminal();
  const pictures = listTrainPictures(folder, flags);
  const trainee = await openTrainee(model, flags, pictures.classes.length);
  try {
    if (flags.has("dryRun")) {
      tellPlan(trainee, pictures, flags);
      return 0;
    }
    const backup = openBackup(flags, pictures);
    const backend = await openBackend(flags.text("backend") ?? "auto", TRAINING_BACKENDS);
    const common = { model, folder, flags, phases, output, terminal };
    const command = { ...common, pictures, trainee, backup, backend };
    return await untilInterrupted(terminal, (signal) => trainWith(command, signal));
  } finally {
    trainee.close();
  }
}

interface TrainCommand {
  /** Undefined for an architecture. */
  readonly model: string | undefined;
  readonly folder: string;
  readonly flags: FlagReader;
  readonly phases: readonly TrainPhase[];
  readonly output: string;
  readonly terminal: Terminal;
  readonly pictures: TrainPictures;
  readonly trainee: Trainee;
  readonly backup: RunBackup | undefined;
  readonly backend: OpenedBackend;
}

async function trainWith(command: TrainCommand, signal: AbortSignal): Promise<number> {
  const { flags, terminal, pictures, trainee, backup, output } = command;
  // With all of tfjs behind them.
  const { chooseBatch } = await import("./train-batch.ts");
  const { checkPhases, runPhases } = await import("./run-phases.ts");
  const quiet = flags.has("quiet") || flags.has("json");
  const setup = trainSetup(trainee.graph, flags);
  const graph = { ...trainee.graph, training: setup.training };
  const pixels = picturePreparation(graph, flags);
  const batch = chooseBatch({
    graph,
    training: setup.training,
    asked: wholeAbove0(flags, "batchSize") ?? 32,
    backend: command.backend.spec.name,
    available: process.availableMemory(),
  });
  const { preprocessing } = pixels;
  const { batchSize } = batch;
  const data = await openTrainData(pictures, graph, flags, { preprocessing, batchSize });
  const known = [trainee.warnings, pixels.warnings, unseenClasses(pictures)];
  const warnings: Diagnostic[] = known.flat();
  const tell = (warning: Diagnostic): void => {
    if (warnings.some(({ text }) => text === warning.text)) return;
    warnings.push(warning);
    if (!quiet) sayWarnings([warning], terminal);
  };
  const warn = (text: string): void => tell({ code: "bad-option", text });
  if (batch.warning !== undefined) warn(batch.warning);
  const save = async (path: string, trained: Trained): Promise<void> => {
    const container = trainedContainer(path);
    const written = writeKeras(trained.traced, { container, trained });
    for (const one of written.warnings) tell(one);
    await writeInterruptibly(path, written.file, { force: true, quiet }, terminal);
  };
  try {
    const parts = { trainee, data, pictures, backup, terminal, quiet, warn, save };
    checkPhases(parts, command.phases);
    if (!quiet) introduce(command, pixels, warnings, data.said);
    const started = performance.now();
    const result = await runPhases(parts, command.phases, signal);
    const seconds = (performance.now() - started) / 1000;
    refuseLost(result);
    await saveAnyhow(output, (path) => save(path, result));
    await finish(command, { result, data, warnings, seconds });
    return data.train.faults.length + (data.validation?.faults.length ?? 0) > 0 ? PICTURE_FAULT : 0;
  } finally {
    await data.close();
  }
}

/** Checks what will be written before any work. */
function outputOf(flags: FlagReader): string {
  const force = flags.has("force");
  const output = flags.text("output");
  if (output === undefined) {
    return fail("bad-option", "Nowhere to write the trained model to.", {
      hint: "Name a file: -o trained.keras",
    });
  }
  trainedContainer(output);
  checkOutput(output, force);
  const checkpoint = flags.text("checkpoint");
  if (checkpoint !== undefined) trainedContainer(checkpoint);
  checkTexts([flags.text("history")], force);
  checkLogs(flags);
  if (flags.has("json") && flags.text("history") === "-") {
    fail("bad-option", "Only one result can go to the standard output.");
  }
  return output;
}

function introduce(
  { trainee, backend, pictures, terminal }: TrainCommand,
  { name, why }: PicturePreparation,
  warnings: readonly Diagnostic[],
  said: readonly string[],
): void {
  terminal.say(`${trainee.name}, ${backend.spec.name}: ${backend.backend.title}`);
  if (backend.install !== undefined) terminal.say(terminal.dim(`To be faster: ${backend.install}`));
  for (const change of trainee.changes) terminal.say(change);
  const { train, validation, classes } = pictures;
  const tested = validation === undefined ? "" : `, ${validation.files.length} for validation`;
  terminal.say(`${train.files.length} pictures of ${classes.length} classes${tested}`);
  for (const line of said) terminal.say(line);
  terminal.say(`pictures prepared: ${name}${why === undefined ? "" : ` (${why})`}`);
  sayWarnings(warnings, terminal);
}

/** The weights are of no use any more, unless those of a better epoch were put back. */
function refuseLost({ lostIn, values }: TrainingResult): void {
  if (lostIn === undefined) return;
  if (Array.from(values.values()).every((array) => array.every(Number.isFinite))) return;
  fail("bad-option", `The loss is no number any more in epoch ${lostIn}; nothing was written.`, {
    hint: "Lower the learning rate: --learning-rate x0.1; or clip gradients: --optimizer sgd,clipnorm=1",
  });
}

interface Finished {
  readonly result: TrainingResult;
  readonly data: TrainData;
  readonly warnings: readonly Diagnostic[];
  readonly seconds: number;
}

/** What a report of the run says besides its numbers. */
function factsOf(
  { model, folder, flags, trainee, pictures, backend, output }: TrainCommand,
  { result, data, seconds }: Finished,
): Omit<RunToReport, "faults"> {
  const { history, validated, frozen } = result;
  return {
    history,
    validated,
    classes: pictures.classes,
    seconds,
    model: { name: trainee.name, ...(model === undefined ? {} : { path: model }) },
    facts: [
      ["Pictures", `${data.train.samples} in ${folder}`],
      ...(data.validation === undefined
        ? []
        : [["Validation", `${data.validation.samples} pictures`] as const]),
      ["Pictures, SHA-256", hashOfFiles([...pictures.train.files])],
      ["Batch size", String(data.train.batchSize)],
      ["Seed", String(seedOf(flags))],
      ...(frozen === undefined ? [] : [["Frozen", JSON.stringify(frozen)] as const]),
      ["Backend", `${backend.spec.name}: ${backend.backend.title}`],
      ["Written to", output],
    ],
  };
}

async function finish(command: TrainCommand, finished: Finished): Promise<void> {
  const { flags, terminal, trainee, folder, output, pictures, backend } = command;
  const { result, data, warnings, seconds } = finished;
  const [json, quiet] = [flags.has("json"), flags.has("quiet")];
  const { history } = result;
  const text = (): string => `${JSON.stringify(history.history, null, 2)}\n`;
  const wishes = { force: flags.has("force"), quiet: quiet || json };
  const faults = [...data.train.faults, ...(data.validation?.faults ?? [])];
  const reports = await runReports({ ...factsOf(command, finished), faults }, flags);
  await writeTexts([{ path: flags.text("history"), text }, ...reports], wishes, terminal);
  if (json) {
    const document = {
      ok: faults.length === 0,
      model: trainee.name,
      pictures: folder,
      output,
      backend: `${backend.spec.name}: ${backend.backend.title}`,
      classes: pictures.classes,
      samples: data.train.samples,
      validationSamples: data.validation?.samples ?? 0,
      ...(result.frozen === undefined ? {} : { frozen: result.frozen }),
      history,
      learningRate: result.endRate,
      seconds,
      unused: faults.map(({ name, why }) => ({ file: name, why })),
      warnings,
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  sayFaults(
    faults.map(({ name, why }) => ({ name, path: name, why })),
    terminal,
  );
  if (!quiet) terminal.say(`${output} written`);
}

import { fail } from "../errors.ts";
import type { Graph, TrainingSetup } from "../ir/graph.ts";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import { isSpecial } from "../sources/keras/loss-settings.ts";
import { snakeCase } from "../sources/keras/parse-model.ts";
import { generationOf } from "../train/keras-generation.ts";
import { OPTIMIZERS, type OptimizerName } from "../train/optimizers/settings.ts";
import type { FlagReader } from "./flag-reader.ts";
import { parseList, parseNumber } from "./parse-values.ts";
import { parseLoss } from "./train-loss.ts";

/** Loss, optimizer and metrics of a run, and whether the optimizer is another than the file's. */
export interface TrainSetup {
  readonly training: TrainingSetup;
  readonly newOptimizer: boolean;
  /** Whether a part of it is not what the file says. */
  readonly stated: boolean;
}

/** What the model was saved with, unless the options say otherwise. Throws `bad-option`. */
export function trainSetup(
  { training: saved, source, outputs }: Graph,
  flags: FlagReader,
): TrainSetup {
  const stated = flags.text("optimizer");
  const own = stated === undefined ? undefined : parseOptimizer(stated, source.version);
  const kept = saved && withoutSchedule(saved.optimizer, flags);
  const optimizer = own ?? kept;
  const typed = flags.text("loss");
  const loss = typed === undefined ? undefined : parseLoss(typed);
  if (optimizer === undefined || (loss === undefined && saved === undefined)) {
    return fail("bad-option", "The model was saved without a loss and an optimizer.", {
      hint: "State both: --optimizer adam --loss categorical_crossentropy",
    });
  }
  const metrics = flags
    .list("metrics")
    ?.map((name) => (/^[A-Z]/.test(name) ? snakeCase(name) : name));
  const { lossSettings, lossWeights, metricSettings, metricsByOutput, weightedMetrics } =
    saved ?? {};
  return {
    training: {
      losses: loss === undefined ? (saved?.losses ?? []) : [loss.name],
      metrics: metrics ?? saved?.metrics ?? [],
      optimizer,
      ...settingsOf(loss === undefined ? lossSettings : [loss.settings]),
      ...(lossWeights !== undefined && (loss === undefined || outputs.length > 1)
        ? { lossWeights }
        : {}),
      ...(metrics === undefined && metricsByOutput !== undefined ? { metricsByOutput } : {}),
      ...(metrics === undefined && weightedMetrics !== undefined ? { weightedMetrics } : {}),
      ...(metricSettings === undefined ? {} : { metricSettings }),
    },
    newOptimizer: own !== undefined,
    stated: [stated, loss, metrics].some((one) => one !== undefined) || kept !== saved?.optimizer,
  };
}

function settingsOf(stated: TrainingSetup["lossSettings"]): Pick<TrainingSetup, "lossSettings"> {
  return stated?.some(isSpecial) === true ? { lossSettings: stated } : {};
}

/** A rate that is stated stands for a schedule that the file states, known or not. */
function withoutSchedule(
  optimizer: TrainingSetup["optimizer"],
  flags: FlagReader,
): TrainingSetup["optimizer"] {
  const { config } = optimizer;
  const text = flags.text("learningRate")?.trim() ?? "";
  if (!isJsonObject(config.learning_rate) || !/^[\d.]/.test(text)) return optimizer;
  const rate = parseNumber("--learning-rate", text);
  return { ...optimizer, config: { ...config, learning_rate: rate } };
}

/** The rate that a run starts with, from the one before it; undefined leaves it. Throws `bad-option` for 0 and below. */
export function startRate(flags: FlagReader, before: number): number | undefined {
  const text = flags.text("learningRate")?.trim();
  if (text === undefined) return undefined;
  const rate = parseRate("--learning-rate", text, before);
  if (rate > 0) return rate;
  return fail("bad-option", `--learning-rate is ${text}: nothing would be learnt.`, {
    hint: "Give a number above 0, or a factor: x0.333",
  });
}

/** `0.001`, or `x0.1` times another rate. */
export function parseRate(flag: string, text: string, before: number): number {
  const [, factor] = /^[x×*](.+)$/i.exec(text) ?? [];
  return factor === undefined ? parseNumber(flag, text) : before * parseNumber(flag, factor);
}

/** `sgd,momentum=0.9,nesterov` */
export function parseOptimizer(text: string, version: string): TrainingSetup["optimizer"] {
  const [word = "", ...settings] = parseList("--optimizer", text);
  const name = OPTIMIZERS.find((known) => known === word.toLowerCase());
  if (name === undefined) {
    return fail("bad-option", `--optimizer is "${word}", expected ${OPTIMIZERS.join(", ")}.`);
  }
  const config = new Map<string, Json>();
  for (const item of settings) {
    const [key = "", value] = item.split(/=(.*)/s);
    const plain = key.trim().toLowerCase().replaceAll("-", "_");
    const known = plain === "lr" ? "learning_rate" : plain;
    const expected = [...EVERY, ...laterSettings(version), ...SETTINGS[name]];
    if (!expected.includes(known)) {
      fail(
        "bad-option",
        `--optimizer ${name} has no setting "${key}", expected ${expected.join(", ")}.`,
      );
    }
    config.set(known, settingOf(known, value));
  }
  return { name, config: { ...Object.fromEntries(config), ...newKind(version) } };
}

/** What optimizers have from tf.keras 2.11 on, and from Keras 3 on. */
function laterSettings(version: string): readonly string[] {
  const { kind, minor } = generationOf(version);
  if (kind === "keras-3") return [...AVERAGES, "gradient_accumulation_steps", "loss_scale_factor"];
  return kind === "tensorflow" && minor >= 11 ? AVERAGES : [];
}

const AVERAGES = ["use_ema", "ema_momentum", "ema_overwrite_frequency"];

/** From tf.keras 2.11 on there are two kinds of each optimizer, and the name alone means the new one. */
function newKind(version: string): JsonObject {
  const { kind, minor } = generationOf(version);
  return kind === "tensorflow" && minor >= 11
    ? { is_legacy_optimizer: false, jit_compile: false }
    : {};
}

function settingOf(key: string, value: string | undefined): Json {
  if (value === undefined || value === "true") return true;
  if (value === "false") return false;
  const number = parseNumber(`--optimizer ${key}`, value);
  if (!PARTS.includes(key) || (number >= 0 && number <= 1)) return number;
  return fail("bad-option", `--optimizer ${key} is ${number}, expected a number from 0 to 1.`);
}

const EVERY = [
  "learning_rate",
  "decay",
  "weight_decay",
  "clipnorm",
  "clipvalue",
  "global_clipnorm",
];
const MOMENTS = ["beta_1", "beta_2", "epsilon"];

/** What each optimizer has beside `EVERY`. */
const SETTINGS: Readonly<Record<OptimizerName, readonly string[]>> = {
  sgd: ["momentum", "nesterov"],
  rmsprop: ["rho", "momentum", "centered", "epsilon"],
  adagrad: ["initial_accumulator_value", "epsilon"],
  adadelta: ["rho", "epsilon"],
  adam: [...MOMENTS, "amsgrad"],
  adamw: [...MOMENTS, "amsgrad"],
  adamax: MOMENTS,
  nadam: MOMENTS,
  ftrl: [
    "learning_rate_power",
    "initial_accumulator_value",
    "l1_regularization_strength",
    "l2_regularization_strength",
    "l2_shrinkage_regularization_strength",
    "beta",
  ],
  lion: ["beta_1", "beta_2"],
  lamb: MOMENTS,
};

/** Parts that averages keep of what they were. */
const PARTS: readonly string[] = ["momentum", "rho", "beta_1", "beta_2", "ema_momentum"];

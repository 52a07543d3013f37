import { plainLossName } from "../../evaluate/row-losses/loss-names.ts";
import type { LossSettings, MetricsSetup, TrainingSetup } from "../../ir/graph.ts";
import { isJsonObject, type Json, type JsonObject } from "../../json.ts";
import type { Dialect } from "../../sources/keras/layer-spec.ts";
import { withinLossScale } from "../../sources/keras/loss-scale.ts";
import { isSpecial, lossArguments } from "../../sources/keras/loss-settings.ts";
import { optimizerSettings } from "../../train/optimizers/settings.ts";
import { trainingConfig } from "./keras2/training.ts";
import { flatMetrics, metricObject } from "./keras3/metrics.ts";
import { compileConfig } from "./keras3/training.ts";
import { legacyTraining } from "./training-forms.ts";

/**
 * A way to train in the words of a generation: `training_config`, in Keras 3 `compile_config`. Undefined where that lacks a part of it.
 */
export function statedTraining(
  setup: TrainingSetup,
  dialect: Dialect,
  outputs: readonly string[],
): JsonObject | undefined {
  const { losses, lossSettings, optimizer, lossWeights } = setup;
  // One loss for several outputs is said of each: Keras 3 wants as many as there are weights.
  const said = (losses.length === 1 && outputs.length > 1 ? outputs : losses).map((_, index) => {
    const at = losses.length === 1 ? 0 : index;
    const name = losses[at] ?? "";
    return name === "" ? null : lossOf(name, lossSettings?.[at]);
  });
  const stated: JsonObject = {
    optimizer_config: {
      class_name: titleOf(optimizer.name, dialect),
      config: optimizerConfig(optimizer, dialect),
    },
    loss: said.length === 1 ? (said[0] ?? null) : said,
    metrics: metricsOf(setup, dialect, outputs),
    ...(setup.weightedMetrics === undefined
      ? {}
      : { weighted_metrics: metricsOf(setup.weightedMetrics, dialect, outputs) }),
    loss_weights: lossWeights ?? null,
  };
  switch (dialect.generation) {
    case 3:
      return compileConfig(stated, outputs, dialect);
    case "tf": {
      if (losses.some((name) => LATER.has(plainLossName(name)))) return undefined;
      if (optimizer.name === "lamb") return undefined;
      const known = legacyTraining(compileConfig(stated, outputs, dialect));
      return known && { ...known, optimizer_config: stated.optimizer_config ?? null };
    }
    default:
      return trainingConfig(stated, outputs, dialect);
  }
}

/** Metrics that a generation does not have are left out; stand-alone Keras has plain names only. */
function metricsOf(setup: MetricsSetup, { generation }: Dialect, outputs: readonly string[]): Json {
  const { metrics, metricsByOutput, metricSettings = [] } = setup;
  const plainOnly = generation === 1 || generation === 2;
  const stated = (names: readonly string[], output: string | undefined): readonly Json[] =>
    names.flatMap((name): readonly Json[] => {
      // tf.keras puts the output's name before those of its metrics each time it compiles.
      const prefix = output === undefined ? "" : `${output}_`;
      const own = name.startsWith(prefix) ? name.slice(prefix.length) : name;
      const plain = flatMetrics(own);
      if (plain !== undefined || plainOnly) return plain ?? [];
      const { kind = own, config = {} } = metricSettings.find((one) => one.name === name) ?? {};
      return [metricObject(kind, { ...config, name: own }) ?? []].flat();
    });
  if (metricsByOutput === undefined) return stated(metrics, undefined);
  const named = outputs.map(
    (output, index) => [output, stated(metricsByOutput[index] ?? [], output)] as const,
  );
  return Object.fromEntries(named);
}

/** With another learning rate, in whichever word the generation has for it. */
export function withRate(training: JsonObject, rate: number): JsonObject {
  for (const key of ["optimizer_config", "optimizer"]) {
    const stated = training[key] ?? null;
    const changed = withinLossScale(stated, (inner) => optimizerAt(inner, rate));
    if (changed !== stated) return { ...training, [key]: changed };
  }
  return training;
}

function optimizerAt(stated: Json, rate: number): Json {
  const config = isJsonObject(stated) ? stated.config : undefined;
  if (!isJsonObject(stated) || !isJsonObject(config)) return stated;
  const word = config.lr === undefined ? "learning_rate" : "lr";
  const before = config[word];
  // The same rate stays as it is written.
  const same = typeof before === "number" && Math.fround(before) === Math.fround(rate);
  return before === undefined || same ? stated : { ...stated, config: { ...config, [word]: rate } };
}

/** tf.keras finds AdamW, which came late, by its package alone. */
function titleOf(name: string, { generation }: Dialect): string {
  const title = TITLES.get(name) ?? name;
  return generation === "tf" && name === "adamw" ? `Custom>${title}` : title;
}

const TITLES: ReadonlyMap<string, string> = new Map([
  ["sgd", "SGD"],
  ["rmsprop", "RMSprop"],
  ["adagrad", "Adagrad"],
  ["adadelta", "Adadelta"],
  ["adam", "Adam"],
  ["adamw", "AdamW"],
  ["adamax", "Adamax"],
  ["nadam", "Nadam"],
  ["ftrl", "Ftrl"],
  ["lion", "Lion"],
  ["lamb", "Lamb"],
]);

/** From 2.11 on tf.keras has two kinds of optimizers, which one key tells apart. */
function optimizerConfig(
  optimizer: TrainingSetup["optimizer"],
  { generation, version }: Dialect,
): JsonObject {
  const { config } = optimizer;
  const { learning_rate: rate } = optimizerSettings(optimizer, version).config;
  const newer = config.use_ema !== undefined || config.jit_compile !== undefined;
  const kind = generation === "tf" && !newer ? { is_legacy_optimizer: true } : {};
  return { learning_rate: rate, ...config, ...kind };
}

function lossOf(name: string, settings: LossSettings | undefined): Json {
  if (settings === undefined || !isSpecial(settings)) return name;
  const plain = plainLossName(name);
  const className =
    CLASSES.get(plain) ??
    plain.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  return { class_name: className, config: { name, ...lossArguments(settings) } };
}

/** Losses that only Keras 3 has. */
const LATER: ReadonlySet<string> = new Set(["dice", "tversky"]);

const CLASSES: ReadonlyMap<string, string> = new Map([["kl_divergence", "KLDivergence"]]);

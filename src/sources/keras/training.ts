import type { MetricSettings, MetricsSetup, TrainingSetup } from "../../ir/graph.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { withoutLossScale } from "./loss-scale.ts";
import { isSpecial, lossSettings } from "./loss-settings.ts";
import { plainClass, snakeCase } from "./parse-model.ts";
import { unwrapTuples } from "./unwrap.ts";

/**
 * Loss, metrics and optimizer of a compiled model from `training_config` or `compile_config` of any generation;
 * undefined when the file does not say or says it in Python code only.
 */
export function parseTraining(
  training: JsonObject | undefined,
  outputNames: readonly string[],
): TrainingSetup | undefined {
  if (training === undefined) return undefined;
  const optimizer = parseOptimizer(training);
  if (optimizer === undefined) return undefined;
  const losses = lossesByOutput(training.loss, outputNames).map(lossName);
  const settings = lossesByOutput(training.loss, outputNames).map(lossSettings);
  const special = settings.some(isSpecial);
  const weighted = metricsSetup(training, "weighted_metrics", outputNames);
  const lossWeights = weightsByOutput(training.loss_weights, outputNames);
  return {
    losses,
    ...metricsSetup(training, "metrics", outputNames),
    ...(weighted.metrics.length === 0 ? {} : { weightedMetrics: weighted }),
    optimizer,
    ...(lossWeights.every((weight) => weight === 1) ? {} : { lossWeights }),
    ...(special ? { lossSettings: settings } : {}),
  };
}

function metricsSetup(
  training: JsonObject,
  key: "metrics" | "weighted_metrics",
  outputNames: readonly string[],
): MetricsSetup {
  const metrics = metricsIn(training[key]).filter(({ name }) => name !== "loss");
  const metricSettings = metrics.filter(({ kind }) => kind !== "");
  const byOutput = metricsByOutput(training, key, outputNames);
  return {
    metrics: [...new Set(metrics.map(({ name }) => name))],
    ...(byOutput === undefined ? {} : { metricsByOutput: byOutput }),
    ...(metricSettings.length === 0 ? {} : { metricSettings }),
  };
}

function parseOptimizer(training: JsonObject): TrainingSetup["optimizer"] | undefined {
  const stated = withoutLossScale(training.optimizer_config ?? training.optimizer ?? null);
  if (typeof stated === "string") return { name: optimizerName(stated), config: {} };
  if (!isJsonObject(stated) || typeof stated.class_name !== "string") return undefined;
  const config = isJsonObject(stated.config) ? stated.config : {};
  const renamed = Object.entries(config).map(
    ([key, value]) => [ARGUMENTS.get(key) ?? key, unwrapTuples(value)] as const,
  );
  return { name: optimizerName(stated.class_name), config: Object.fromEntries(renamed) };
}

/** `Custom>Adam`, `Adam` and `adam` are one. */
function optimizerName(className: string): string {
  return plainClass(className).toLowerCase();
}

/** Keras 1 and 2 spellings. */
const ARGUMENTS: ReadonlyMap<string, string> = new Map([["lr", "learning_rate"]]);

/** One per output: a single one holds for all, a dict is by output name. */
function lossesByOutput(loss: Json | undefined, outputNames: readonly string[]): readonly Json[] {
  if (isJsonList(loss)) return loss;
  if (isJsonObject(loss) && loss.class_name === undefined) {
    return outputNames.map((name) => loss[name] ?? null);
  }
  return outputNames.map(() => loss ?? null);
}

/** A list by the order of the outputs, or an object by their names; 1 where nothing is said. */
function weightsByOutput(
  stated: Json | undefined,
  outputNames: readonly string[],
): readonly number[] {
  return outputNames.map((name, index) => {
    const own = isJsonList(stated) ? stated[index] : isJsonObject(stated) ? stated[name] : stated;
    return typeof own === "number" ? own : 1;
  });
}

/** A name, a loss object, or (Keras 3) a serialised function. */
function lossName(loss: Json): string {
  if (typeof loss === "string") return CLASS_NAME.test(loss) ? snakeCase(loss) : loss;
  if (!isJsonObject(loss)) return "";
  const { class_name: className, config } = loss;
  if (className === "function") return typeof config === "string" ? config : nameIn(config);
  if (className === "LossFunctionWrapper") return nameIn(config);
  return typeof className === "string" ? snakeCase(plainClass(className)) : "";
}

const CLASS_NAME = /^[A-Z]/;

function nameIn(config: Json | undefined): string {
  if (!isJsonObject(config)) return "";
  const { fn = null, name } = config;
  const wrapped = isJsonObject(fn) ? (fn.config ?? null) : fn;
  if (typeof wrapped === "string") return wrapped;
  return typeof name === "string" ? name : "";
}

/**
 * Names of each output's metrics: an object by output, a list of lists, or in Keras 3 a list with one for each; undefined where all
 * outputs have the same.
 */
function metricsByOutput(
  training: JsonObject,
  key: "metrics" | "weighted_metrics",
  outputNames: readonly string[],
): readonly (readonly string[])[] | undefined {
  const metrics = training[key] ?? null;
  if (outputNames.length < 2) return undefined;
  const namesOf = (stated: Json): readonly string[] =>
    metricsIn(stated).flatMap(({ name }) => (name === "loss" ? [] : [name]));
  if (isJsonObject(metrics) && metrics.class_name === undefined) {
    return outputNames.map((name) => namesOf(metrics[name] ?? null));
  }
  if (!isJsonList(metrics)) return undefined;
  // Only Keras 3 says how its steps are run.
  const apart = metrics.some(isJsonList) || training.run_eagerly !== undefined;
  if (!apart || metrics.length !== outputNames.length) return undefined;
  return metrics.map(namesOf);
}

/** Metrics at any depth: texts, or objects whose config has a name; `kind` is empty for a text. */
function metricsIn(metrics: Json | undefined): readonly MetricSettings[] {
  if (typeof metrics === "string") return [{ name: metrics, kind: "", config: {} }];
  if (isJsonList(metrics)) return metrics.flatMap(metricsIn);
  if (!isJsonObject(metrics)) return [];
  const { class_name: className, config } = metrics;
  if (className === undefined) return Object.values(metrics).flatMap(metricsIn);
  if (typeof className !== "string") return [];
  if (className === "function") return typeof config === "string" ? metricsIn(config) : [];
  const own = isJsonObject(config) ? config : {};
  const { fn = null, name = null } = own;
  const wrapped = isJsonObject(fn) ? (fn.config ?? null) : fn;
  const kind = typeof wrapped === "string" ? wrapped : snakeCase(plainClass(className));
  return [{ name: typeof name === "string" ? name : kind, kind, config: own }];
}

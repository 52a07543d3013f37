import { plainLossName } from "../../../evaluate/row-losses/loss-names.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { plainClass, snakeCase } from "../../../sources/keras/parse-model.ts";
import { compileConfig } from "../keras3/training.ts";

/** The training configuration of any generation as that of tf.keras 2.15; undefined where it uses what that does not have. */
export function tfKerasTraining(
  training: JsonObject,
  outputs: readonly string[],
  from: Dialect,
): JsonObject | undefined {
  const {
    optimizer = null,
    loss = null,
    loss_weights: weights = null,
    metrics = null,
  } = compileConfig(training, outputs, from) ?? {};
  const known = isJsonObject(optimizer) ? newOptimizer(optimizer) : undefined;
  if (known === undefined || usesLater(loss) || usesLater(metrics)) return undefined;
  return {
    optimizer: known,
    loss: onlyKnown(loss),
    metrics,
    loss_weights: weights,
    weighted_metrics: null,
  };
}

/**
 * From 2.11 on there are two kinds of optimizers; those of Keras 3 are the newer ones. Undefined for what only Keras 3 has; that it scales the
 * loss changes nothing in the end.
 */
function newOptimizer(optimizer: JsonObject): JsonObject | undefined {
  const {
    gradient_accumulation_steps: steps,
    loss_scale_factor: _,
    ...config
  } = isJsonObject(optimizer.config) ? optimizer.config : {};
  if (steps !== undefined || optimizer.class_name === "Lamb") return undefined;
  return { ...optimizer, config: { use_ema: false, ...config, is_legacy_optimizer: false } };
}

/** Losses and metrics that only Keras 3 has. */
const LATER: ReadonlySet<string> = new Set([
  "dice",
  "tversky",
  "concordance_correlation",
  "pearson_correlation",
]);

function usesLater(stated: Json): boolean {
  if (typeof stated === "string") return LATER.has(plainLossName(stated));
  if (isJsonList(stated)) return stated.some(usesLater);
  if (!isJsonObject(stated)) return false;
  const { class_name: name } = stated;
  return typeof name === "string"
    ? LATER.has(snakeCase(plainClass(name)))
    : Object.values(stated).some(usesLater);
}

/** Losses without the arguments that Keras 3 added. */
function onlyKnown(stated: Json): Json {
  if (isJsonList(stated)) return stated.map(onlyKnown);
  if (!isJsonObject(stated) || !isJsonObject(stated.config)) return stated;
  const { axis, ...config } = stated.config;
  const kept = stated.class_name === "SparseCategoricalCrossentropy" ? config : stated.config;
  return axis === undefined ? stated : { ...stated, config: kept };
}

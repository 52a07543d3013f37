import type { Hdf5Group } from "../../formats/hdf5/index.ts";
import { isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { type OptimizerSlot, readOptimizerState } from "./optimizer-state.ts";
import { plainClass } from "./parse-model.ts";

/** An optimizer's config without the `LossScaleOptimizer` around it, which matters to numbers of 16 bits only. */
export function withoutLossScale(stated: Json): Json {
  return innerOf(stated) ?? stated;
}

/** An optimizer's config, changed within the `LossScaleOptimizer` around it if there is one. */
export function withinLossScale(stated: Json, change: (inner: Json) => Json): Json {
  const inner = innerOf(stated);
  if (inner === undefined || !isJsonObject(stated)) return change(stated);
  const changed = change(inner);
  const { config = {} } = stated;
  if (changed === inner || !isJsonObject(config)) return stated;
  return { ...stated, config: { ...config, inner_optimizer: changed } };
}

/** tf.keras calls the one for its newer optimizers `LossScaleOptimizerV3`. Undefined for other optimizers. */
function innerOf(stated: Json): JsonObject | undefined {
  if (!isJsonObject(stated) || typeof stated.class_name !== "string") return undefined;
  if (!plainClass(stated.class_name).startsWith("LossScaleOptimizer")) return undefined;
  const inner = isJsonObject(stated.config) ? stated.config.inner_optimizer : undefined;
  return isJsonObject(inner) ? inner : undefined;
}

/** Whether a model's training states that the loss is scaled. */
export function scalesLoss(training: JsonObject | undefined): boolean {
  return innerOf(training?.optimizer_config ?? training?.optimizer ?? null) !== undefined;
}

/** The arrays of a `LossScaleOptimizer`, those of the optimizer within apart. */
export interface ScaledState {
  /** Its own: in Keras 3 two that count nothing, the steps since the scale changed, and the scale; none in tf.keras. */
  readonly around: readonly OptimizerSlot[];
  readonly inner: readonly OptimizerSlot[];
}

/** What a file keeps of an optimizer that scales the loss, stated or not: Keras 3 wraps those of models in halves by itself. Undefined for others. */
export function readScaledState(group: Hdf5Group | undefined): ScaledState | undefined {
  const all = readOptimizerState(group);
  const within = group?.get("inner_optimizer");
  if (within?.kind === "group") {
    const inner = readOptimizerState(within);
    return { around: all.slice(0, all.length - inner.length), inner };
  }
  const own = all.findIndex(({ name }) => name.endsWith("/dynamic_scale")) + 1;
  return own === 0 ? undefined : { around: all.slice(0, own), inner: all.slice(own) };
}

import { isJsonObject, type JsonObject } from "../../json.ts";
import { keras3Object } from "./keras3/objects.ts";

/** `training_config` of a legacy file from either form. */
export function legacyTraining(training: JsonObject | undefined): JsonObject | undefined {
  const { optimizer = null, ...rest } = training ?? {};
  if (training === undefined || training.optimizer_config !== undefined) return training;
  if (typeof optimizer === "string") {
    return { ...rest, optimizer_config: { class_name: optimizer, config: {} } };
  }
  if (!isJsonObject(optimizer)) return undefined;
  const { class_name: name = null, config = {} } = optimizer;
  return { ...rest, optimizer_config: { class_name: name, config } };
}

/** `compile_config` of a `.keras` archive from either form. */
export function compileTraining(training: JsonObject | undefined): JsonObject | undefined {
  const { optimizer_config: stated = null, ...rest } = training ?? {};
  if (!isJsonObject(stated)) return training;
  const { class_name: name, config } = stated;
  if (typeof name !== "string" || !isJsonObject(config)) return undefined;
  return { optimizer: keras3Object("keras.optimizers", name, config), ...rest };
}

import { isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { plainClass } from "../../sources/keras/parse-model.ts";
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
  return { ...rest, optimizer_config: { class_name: registered(name, config), config } };
}

/** The newer optimizers of tf.keras are known by their package there; without it some are not found. */
function registered(name: Json, config: Json): Json {
  const newer = isJsonObject(config) && config.is_legacy_optimizer === false;
  return newer && typeof name === "string" ? `Custom>${plainClass(name)}` : name;
}

/** `compile_config` of a `.keras` archive from either form. */
export function compileTraining(training: JsonObject | undefined): JsonObject | undefined {
  const { optimizer_config: stated = null, ...rest } = training ?? {};
  if (!isJsonObject(stated)) return training;
  const { class_name: name, config } = stated;
  if (typeof name !== "string" || !isJsonObject(config)) return undefined;
  return { optimizer: keras3Object("keras.optimizers", plainClass(name), config), ...rest };
}

import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
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
  const optimizer = keras3Object("keras.optimizers", plainClass(name), config);
  const placed = Object.entries(rest).map(([key, value]): [string, Json] => {
    const module = MODULES.get(key);
    return [key, module === undefined ? value : inModule(module, value)];
  });
  return { optimizer, ...Object.fromEntries(placed) };
}

/** Where archives say that objects are defined; legacy files leave it out. */
const MODULES: ReadonlyMap<string, string> = new Map([
  ["loss", "keras.losses"],
  ["metrics", "keras.metrics"],
  ["weighted_metrics", "keras.metrics"],
]);

function inModule(module: string, stated: Json): Json {
  if (isJsonList(stated)) return stated.map((one) => inModule(module, one));
  if (!isJsonObject(stated) || stated.module !== undefined) return stated;
  const { class_name: name, config } = stated;
  if (typeof name === "string") {
    return isJsonObject(config) ? keras3Object(module, name, config) : stated;
  }
  return Object.fromEntries(
    Object.entries(stated).map(([key, value]) => [key, inModule(module, value)]),
  );
}

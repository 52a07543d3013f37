import { isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import { plainClass } from "../../../sources/keras/parse-model.ts";

/** An object of Keras, its class without a package. */
export interface KnownObject {
  readonly className: string;
  readonly config: JsonObject;
}

/** An object of one of the classes, with the arguments that stand there; undefined for others. */
export function knownObject(
  stated: Json,
  classes: ReadonlyMap<string, readonly string[]>,
): KnownObject | undefined {
  if (!isJsonObject(stated) || typeof stated.class_name !== "string") return undefined;
  const className = plainClass(stated.class_name);
  const wanted = classes.get(className);
  if (wanted === undefined) return undefined;
  const config = isJsonObject(stated.config) ? stated.config : {};
  const kept = Object.entries(config).filter(([key]) => wanted.includes(key));
  return { className, config: Object.fromEntries(kept) };
}

/** A constraint of Keras 2 and 3, in which Keras 1 has another form; undefined for one that they do not have. */
export function constraintOf(stated: Json): KnownObject | undefined {
  if (!isJsonObject(stated)) return undefined;
  const { name, m, ...rest } = stated;
  const old = typeof name === "string" && stated.class_name === undefined;
  const config = m === undefined ? rest : { max_value: m, ...rest };
  return knownObject(old ? { class_name: name, config } : stated, CONSTRAINTS);
}

const CONSTRAINTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["MaxNorm", ["max_value", "axis"]],
  ["MinMaxNorm", ["min_value", "max_value", "rate", "axis"]],
  ["NonNeg", []],
  ["UnitNorm", ["axis"]],
]);

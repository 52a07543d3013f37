import { isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import { plainClass } from "../../../sources/keras/parse-model.ts";

/** An object as Keras 3 serialises those of its own. */
export function keras3Object(module: string, className: string, config: JsonObject): JsonObject {
  return { module, class_name: className, config, registered_name: null };
}

/** A dtype policy by name. */
export function dtypePolicy(name: string): JsonObject {
  return keras3Object("keras", "DTypePolicy", { name });
}

/** How a weight began, which does not matter once it is loaded; what Keras 3 does not know becomes its default. */
export function initializer(stated: Json): Json {
  if (stated === null) return null;
  if (typeof stated === "string") {
    const className = INITIALIZER_NAMES.get(stated.toLowerCase());
    return className === undefined ? null : keras3Object("keras.initializers", className, {});
  }
  return known("keras.initializers", stated, INITIALIZERS) ?? null;
}

/** Undefined for a regularizer that Keras 3 does not have. */
export function regularizer(stated: Json): Json | undefined {
  if (stated === null) return null;
  if (typeof stated === "string") {
    const name = stated.toLowerCase();
    return ["l1", "l2", "l1_l2"].includes(name) ? name : undefined;
  }
  if (!isJsonObject(stated)) return undefined;
  const old = stated.name === "WeightRegularizer" || stated.name === "L1L2Regularizer";
  const object = old ? { class_name: "L1L2", config: stated } : stated;
  return known("keras.regularizers", object, REGULARIZERS);
}

/** Undefined for a constraint that Keras 3 does not have. */
export function constraint(stated: Json): Json | undefined {
  if (stated === null) return null;
  if (!isJsonObject(stated)) return undefined;
  const { name, m, ...rest } = stated;
  const old = typeof name === "string" && stated.class_name === undefined;
  const config = m === undefined ? rest : { max_value: m, ...rest };
  return known("keras.constraints", old ? { class_name: name, config } : stated, CONSTRAINTS);
}

/** An object of one of the classes, with the arguments that Keras 3 knows. */
export function known(
  module: string,
  stated: Json,
  classes: ReadonlyMap<string, readonly string[]>,
): JsonObject | undefined {
  if (!isJsonObject(stated) || typeof stated.class_name !== "string") return undefined;
  const className = plainClass(stated.class_name);
  const wanted = classes.get(className);
  if (wanted === undefined) return undefined;
  const config = isJsonObject(stated.config) ? stated.config : {};
  const kept = Object.entries(config).filter(([key]) => wanted.includes(key));
  return keras3Object(module, className, Object.fromEntries(kept));
}

const INITIALIZERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["Constant", ["value"]],
  ["GlorotNormal", ["seed"]],
  ["GlorotUniform", ["seed"]],
  ["HeNormal", ["seed"]],
  ["HeUniform", ["seed"]],
  ["Identity", ["gain"]],
  ["LecunNormal", ["seed"]],
  ["LecunUniform", ["seed"]],
  ["Ones", []],
  ["Orthogonal", ["gain", "seed"]],
  ["RandomNormal", ["mean", "stddev", "seed"]],
  ["RandomUniform", ["minval", "maxval", "seed"]],
  ["TruncatedNormal", ["mean", "stddev", "seed"]],
  ["VarianceScaling", ["scale", "mode", "distribution", "seed"]],
  ["Zeros", []],
]);

const INITIALIZER_NAMES: ReadonlyMap<string, string> = new Map([
  ["glorot_normal", "GlorotNormal"],
  ["glorot_uniform", "GlorotUniform"],
  ["he_normal", "HeNormal"],
  ["he_uniform", "HeUniform"],
  ["lecun_normal", "LecunNormal"],
  ["lecun_uniform", "LecunUniform"],
  ["identity", "Identity"],
  ["orthogonal", "Orthogonal"],
  ["one", "Ones"],
  ["ones", "Ones"],
  ["zero", "Zeros"],
  ["zeros", "Zeros"],
  ["normal", "RandomNormal"],
  ["random_normal", "RandomNormal"],
  ["uniform", "RandomUniform"],
  ["random_uniform", "RandomUniform"],
]);

const REGULARIZERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["L1", ["l1"]],
  ["L2", ["l2"]],
  ["L1L2", ["l1", "l2"]],
  ["OrthogonalRegularizer", ["factor", "mode"]],
]);

const CONSTRAINTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["MaxNorm", ["max_value", "axis"]],
  ["MinMaxNorm", ["min_value", "max_value", "rate", "axis"]],
  ["NonNeg", []],
  ["UnitNorm", ["axis"]],
]);

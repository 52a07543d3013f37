import { isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import { constraintOf, knownObject } from "../translation/known-object.ts";

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
  const found = constraintOf(stated);
  return found && keras3Object("keras.constraints", found.className, found.config);
}

/** An object of one of the classes, with the arguments that Keras 3 knows. */
export function known(
  module: string,
  stated: Json,
  classes: ReadonlyMap<string, readonly string[]>,
): JsonObject | undefined {
  const found = knownObject(stated, classes);
  return found && keras3Object(module, found.className, found.config);
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

import { isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import { plainClass } from "../../../sources/keras/parse-model.ts";
import { constraintOf } from "../translation/known-object.ts";

/** How a weight began, which does not matter once it is loaded; what Keras 2 does not know becomes Glorot's. */
export function initializer(stated: Json): Json {
  if (stated === null) return null;
  if (typeof stated === "string") return NAMES.has(stated.toLowerCase()) ? stated : GLOROT;
  if (!isJsonObject(stated) || typeof stated.class_name !== "string") return GLOROT;
  const className = plainClass(stated.class_name);
  const config = isJsonObject(stated.config) ? stated.config : {};
  const scaled = SCALED.get(className);
  if (scaled !== undefined) {
    const [scale, mode, distribution] = scaled;
    const seed = config.seed ?? null;
    return { class_name: "VarianceScaling", config: { scale, mode, distribution, seed } };
  }
  const wanted = CLASSES.get(className);
  if (wanted === undefined) return GLOROT;
  const kept = Object.entries(config)
    .filter(([key]) => wanted.includes(key))
    .map(([key, value]) => [key, key === "distribution" ? distributionOf(value) : value] as const);
  return { class_name: className, config: Object.fromEntries(kept) };
}

const GLOROT = "glorot_uniform";

/** Scale, mode and distribution of what newer Keras has as classes of their own. */
const SCALED: ReadonlyMap<string, readonly [number, string, string]> = new Map([
  ["GlorotNormal", [1, "fan_avg", "normal"]],
  ["GlorotUniform", [1, "fan_avg", "uniform"]],
  ["HeNormal", [2, "fan_in", "normal"]],
  ["HeUniform", [2, "fan_in", "uniform"]],
  ["LecunNormal", [1, "fan_in", "normal"]],
  ["LecunUniform", [1, "fan_in", "uniform"]],
]);

const CLASSES: ReadonlyMap<string, readonly string[]> = new Map([
  ["Constant", ["value"]],
  ["Identity", ["gain"]],
  ["Ones", []],
  ["Orthogonal", ["gain", "seed"]],
  ["RandomNormal", ["mean", "stddev", "seed"]],
  ["RandomUniform", ["minval", "maxval", "seed"]],
  ["TruncatedNormal", ["mean", "stddev", "seed"]],
  ["VarianceScaling", ["scale", "mode", "distribution", "seed"]],
  ["Zeros", []],
]);

function distributionOf(value: Json): Json {
  return value === "uniform" ? "uniform" : "normal";
}

const NAMES: ReadonlySet<string> = new Set([
  "glorot_normal",
  "glorot_uniform",
  "he_normal",
  "he_uniform",
  "identity",
  "lecun_normal",
  "lecun_uniform",
  "normal",
  "one",
  "ones",
  "orthogonal",
  "random_normal",
  "random_uniform",
  "truncated_normal",
  "uniform",
  "zero",
  "zeros",
]);

/** Undefined for a regularizer that Keras 2 does not have. */
export function regularizer(stated: Json): Json | undefined {
  if (stated === null) return null;
  if (typeof stated === "string") {
    const strengths = DEFAULTS.get(stated.toLowerCase());
    return strengths && { class_name: "L1L2", config: strengths };
  }
  if (!isJsonObject(stated)) return undefined;
  const { class_name: className, name = className } = stated;
  if (typeof name !== "string" || !L1L2.has(plainClass(name))) return undefined;
  const { l1 = 0, l2 = 0 } = isJsonObject(stated.config) ? stated.config : stated;
  return { class_name: "L1L2", config: { l1, l2 } };
}

const L1L2: ReadonlySet<string> = new Set([
  "L1",
  "L2",
  "L1L2",
  "WeightRegularizer",
  "L1L2Regularizer",
]);

const DEFAULTS: ReadonlyMap<string, JsonObject> = new Map([
  ["l1", { l1: 0.01, l2: 0 }],
  ["l2", { l1: 0, l2: 0.01 }],
  ["l1_l2", { l1: 0.01, l2: 0.01 }],
]);

/** Undefined for a constraint that Keras 2 does not have. */
export function constraint(stated: Json): Json | undefined {
  if (stated === null) return null;
  const found = constraintOf(stated);
  return found && { class_name: found.className, config: found.config };
}

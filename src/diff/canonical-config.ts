import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";

/**
 * A layer's config in one spelling for all generations: wrappings of objects and functions are opened, initializers
 * that are shorthands written out, names that changed are Keras 3's, and what says nothing is left out.
 */
export function canonicalConfig(config: JsonObject, className = ""): JsonObject {
  const entries = Object.entries(config)
    .filter(([key]) => !IGNORED.has(key))
    .map(([key, value]) => {
      const renamed = RENAMED.get(className)?.get(key) ?? key;
      return [renamed, canonical(key, value)] as const;
    })
    .filter(([key, value]) => !isDefault(key, value))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

/** Of no meaning for what a layer is, or compared elsewhere. */
const IGNORED: ReadonlySet<string> = new Set([
  "_keras_version",
  "autocast",
  "batch_input_shape",
  "batch_shape",
  "build_config",
  "cache_enabled",
  "dtype",
  "implementation",
  "input_dim",
  "input_dtype",
  "input_length",
  "input_shape",
  "kernel_dim1",
  "kernel_dim2",
  "kernel_dim3",
  "nb_col",
  "nb_row",
  "module",
  "name",
  "optional",
  "ragged",
  "registered_name",
  "shared_object_id",
  "sparse",
  "time_major",
  "trainable",
]);

/** Where Keras 3 has another name, or Keras 1 had: class → argument before → argument now. */
const RENAMED: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ["LeakyReLU", new Map([["alpha", "negative_slope"]])],
  ["Embedding", new Map([["kernel_initializer", "embeddings_initializer"]])],
  ["PReLU", new Map([["kernel_initializer", "alpha_initializer"]])],
]);

/** What a key means when it is not there. */
const DEFAULTS: Readonly<Record<string, Json>> = {
  activation: "linear",
  bias_initializer: "Zeros",
  data_format: "channels_last",
  depth_multiplier: 1,
  groups: 1,
  interpolation: "nearest",
  padding: "valid",
  use_bias: true,
  center: true,
  scale: true,
  beta_initializer: "Zeros",
  gamma_initializer: "Ones",
  moving_mean_initializer: "Zeros",
  moving_variance_initializer: "Ones",
  merge_mode: "concat",
  unit_forget_bias: true,
  negative_slope: 0,
  threshold: 0,
  axis: -1,
  epsilon: 0.001,
  momentum: 0.99,
  renorm_momentum: 0.99,
};

function isDefault(key: string, value: Json): boolean {
  if (value === null || value === false) return true;
  if (isJsonList(value) && value.length === 0) return true;
  if (/^dilation(?:_rate)?$/.test(key) && isJsonList(value))
    return value.every((item) => item === 1);
  return JSON.stringify(DEFAULTS[key]) === JSON.stringify(value);
}

function canonical(key: string, value: Json): Json {
  if (isJsonList(value)) {
    if (key === "axis" && value.length === 1) return value[0] ?? null;
    return value.map((item) => canonical("", item));
  }
  if (typeof value === "string") return key.endsWith("initializer") ? named(value) : value;
  if (!isJsonObject(value)) return value;
  return opened(value);
}

/** `{ class_name, config }` as its name, or as an object of its own config. */
function opened(object: JsonObject): Json {
  const { class_name: className, config } = object;
  if (typeof className !== "string") return withoutClass(canonicalConfig(object));
  if (className === "function" && typeof config === "string") return config;
  const plain = className.slice(className.lastIndexOf(">") + 1);
  const inner = isJsonObject(config) ? canonicalConfig(config) : {};
  const known = SHORTHANDS[plain];
  const whole: JsonObject =
    known === undefined ? { class_name: plain, ...inner } : { ...known, ...inner };
  const { seed: _, ...rest } = whole;
  if (isPlainOrthogonal(rest)) return "orthogonal";
  return Object.keys(rest).length === 1 ? named(plain) : sorted(merged(rest));
}

/** Keras 1 names regularizers and constraints by a key of their own. */
function withoutClass({ l1, l2, m, ...rest }: JsonObject): JsonObject {
  const known = l1 !== undefined || l2 !== undefined;
  if (known)
    return sorted({ ...rest, ...merged({ class_name: "L1L2", l1: l1 ?? 0, l2: l2 ?? 0 }) });
  return m === undefined ? rest : sorted({ ...rest, class_name: "MaxNorm", max_value: m });
}

function isPlainOrthogonal({ class_name: className, gain, ...rest }: JsonObject): boolean {
  const plain = gain === 1 || gain === undefined;
  return className === "Orthogonal" && plain && Object.keys(rest).length === 0;
}

/** Where generations differ in words only: the normal distribution was always cut, and L1L2 may be one of both. */
function merged(object: JsonObject): JsonObject {
  if (object.distribution === "normal") return { ...object, distribution: "truncated_normal" };
  const { class_name: className, l1 = 0, l2 = 0 } = object;
  if (className !== "L1L2" && className !== "L1" && className !== "L2") return object;
  return { class_name: "L1L2", l1: rounded(l1), l2: rounded(l2) };
}

/** Keras stores what was a float32 with all digits of a double. */
function rounded(value: Json): Json {
  return typeof value === "number" ? Math.fround(value) : value;
}

/** Initializers that are one with other arguments. */
const SHORTHANDS: Readonly<Record<string, JsonObject>> = {
  GlorotUniform: variance("fan_avg", "uniform", 1),
  GlorotNormal: variance("fan_avg", "truncated_normal", 1),
  HeUniform: variance("fan_in", "uniform", 2),
  HeNormal: variance("fan_in", "truncated_normal", 2),
  LecunUniform: variance("fan_in", "uniform", 1),
  LecunNormal: variance("fan_in", "truncated_normal", 1),
};

function variance(mode: string, distribution: string, scale: number): JsonObject {
  return { class_name: "VarianceScaling", distribution, mode, scale };
}

function named(name: string): Json {
  const short = SHORTHANDS[name] ?? SHORTHANDS[pascal(name)];
  if (short !== undefined) return sorted(short);
  return /^(?:zeros?|ones?)$/i.test(name) ? `${pascal(name).replace(/s$/, "")}s` : name;
}

function pascal(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function sorted(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

import { isJsonList, isJsonObject, type Json } from "../../json.ts";

/** JSON as Python writes it: Keras takes a whole number for a float only where it says `1.0`. */
export function writeJson(value: Json, key = ""): string {
  if (typeof value === "number") return number(value, key);
  if (isJsonList(value)) {
    // The first argument of an operation of tf.keras on tensors, which are of floats.
    const [mark] = value;
    const constant = mark === "_CONSTANT_VALUE" ? "rate" : "";
    return `[${value.map((item, at) => writeJson(item, at === 2 ? constant : "")).join(", ")}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([name, item]) => `${JSON.stringify(name)}: ${writeJson(item, name)}`,
  );
  return `{${entries.join(", ")}}`;
}

function number(value: number, key: string): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  return Number.isInteger(value) && FLOATS.has(key) && Math.abs(value) < 1e16
    ? `${value}.0`
    : JSON.stringify(value);
}

/** Arguments that Keras has as floats. */
const FLOATS: ReadonlySet<string> = new Set([
  "alpha",
  "beta",
  "beta_1",
  "beta_2",
  "clipnorm",
  "clipvalue",
  "decay_rate",
  "dropout",
  "ema_momentum",
  "end_learning_rate",
  "epsilon",
  "gain",
  "global_clipnorm",
  "initial_accumulator_value",
  "initial_learning_rate",
  "l1",
  "l2",
  "label_smoothing",
  "learning_rate",
  "learning_rate_power",
  "loss_scale_factor",
  "mask_value",
  "max_value",
  "mean",
  "min_value",
  "momentum",
  "negative_slope",
  "rate",
  "recurrent_dropout",
  "rho",
  "scale",
  "stddev",
  "threshold",
  "weight_decay",
]);

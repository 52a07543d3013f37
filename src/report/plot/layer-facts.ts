import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { withCommas } from "../readable.ts";
import { shorten } from "./printable.ts";

/**
 * The settings of a layer that matter most, in one line: `3×3, 64 filters, stride 2, same, relu`. `rank` is that of its
 * output: the last axis is the usual one, however it is counted.
 */
export function factsOf(config: JsonObject, rank?: number): string {
  const wrapped = wrappedIn(config);
  const own = FACTS.flatMap(([keys, say]) => {
    const value = keys.map((key) => config[key]).find((found) => found !== undefined);
    const fact = value === undefined || value === null ? undefined : say(value, rank);
    return fact === undefined || fact === "" ? [] : [shorten(fact, FACT_LENGTH)];
  });
  const inner = wrapped === undefined ? "" : factsOf(wrapped.config);
  return [...own, ...(inner === "" ? [] : [inner])].join(", ");
}

/** The class and the settings of the layer that a wrapper holds. */
export function wrappedIn(
  config: JsonObject,
): { readonly className: string; readonly config: JsonObject } | undefined {
  const { layer } = config;
  if (!isJsonObject(layer)) return undefined;
  const { class_name: className, config: inner } = layer;
  return typeof className === "string"
    ? { className, config: isJsonObject(inner) ? inner : {} }
    : undefined;
}

/** What a layer computes in: `float32`, or the name of a policy; undefined when the file does not say. */
export function dtypeOf(config: JsonObject): string | undefined {
  const { dtype } = config;
  return dtype === undefined || dtype === null ? undefined : named(dtype);
}

const FACT_LENGTH = 32;

type Say = (value: Json, rank: number | undefined) => string | undefined;

/** In the order in which they are said; several spellings are those of the generations of Keras. */
const FACTS: readonly (readonly [keys: readonly string[], say: Say])[] = [
  [["kernel_size", "kernel_shape", "pool_size", "pool_length", "filter_length"], size],
  [["filters", "nb_filter"], (value) => counted(value, "filter")],
  [["units"], (value) => counted(value, "unit")],
  [["input_dim"], (value) => prefixed("from", number(value))],
  [["output_dim"], (value) => prefixed("to", number(value))],
  [["num_heads"], (value) => prefixed("heads", number(value))],
  [["depth_multiplier"], (value) => (value === 1 ? undefined : prefixed("×", number(value)))],
  [["strides", "subsample", "subsample_length"], (value) => unlessOnes("stride", value)],
  [["dilation_rate", "atrous_rate", "dilations"], (value) => unlessOnes("dilation", value)],
  [["padding", "border_mode"], padding],
  [["pads"], pads],
  [["cropping"], size],
  [["size"], size],
  [["target_shape", "dims", "perm"], size],
  [["n"], (value) => prefixed("×", number(value))],
  [["rate", "p"], (value) => prefixed("rate", number(value))],
  [["axis", "concat_axis"], axis],
  [["mode"], (value) => (typeof value === "string" ? value : undefined)],
  [["merge_mode"], (value) => (typeof value === "string" ? value : undefined)],
  [["function"], named],
  [["activation"], activation],
  [["return_sequences"], (value) => (value === true ? "sequences" : undefined)],
  [["go_backwards"], (value) => (value === true ? "backwards" : undefined)],
];

function number(value: Json): string | undefined {
  return typeof value === "number"
    ? Number.isInteger(value)
      ? withCommas(value)
      : String(value)
    : undefined;
}

function prefixed(word: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : word === "×" ? `${word}${text}` : `${word} ${text}`;
}

function counted(value: Json, word: string): string | undefined {
  const text = number(value);
  return text === undefined ? undefined : `${text} ${word}${value === 1 ? "" : "s"}`;
}

/** `3×3`; pairs for each side as `1+2×0+1`. */
function size(value: Json): string | undefined {
  if (!isJsonList(value)) return number(value);
  const sides = value.map((side) =>
    isJsonList(side) ? side.map((part) => number(part) ?? "?").join("+") : (number(side) ?? "?"),
  );
  return sides.join("×");
}

function unlessOnes(word: string, value: Json): string | undefined {
  const sides = isJsonList(value) ? value : [value];
  const [first] = sides;
  if (sides.every((side) => side === 1)) return undefined;
  const text = sides.every((side) => side === first) ? size(first ?? null) : size(value);
  return prefixed(word, text);
}

/** The padding of a convolution is a word, that of a padding layer numbers. */
function padding(value: Json): string | undefined {
  if (typeof value === "string") return value === "valid" ? undefined : value;
  return size(value);
}

/** Of ONNX: the borders before all axes, then those behind. */
function pads(value: Json): string | undefined {
  const none = isJsonList(value) && value.every((side) => side === 0);
  return none
    ? undefined
    : prefixed("pads", isJsonList(value) ? value.map(String).join(" ") : size(value));
}

function axis(value: Json, rank: number | undefined): string | undefined {
  const only = isJsonList(value) && value.length === 1 ? value[0] : value;
  if (only === -1 || only === undefined || (rank !== undefined && only === rank - 1)) {
    return undefined;
  }
  return prefixed("axis", isJsonList(only) ? only.map(String).join(" ") : number(only));
}

function activation(value: Json): string | undefined {
  const name = named(value);
  return name === "linear" ? undefined : name;
}

/** Things by name, or as objects that have a class or a name in their config. */
function named(value: Json): string | undefined {
  if (typeof value === "string") return value;
  if (!isJsonObject(value)) return undefined;
  const { config, class_name: className } = value;
  if (typeof config === "string") return config;
  const name = isJsonObject(config) ? config.name : undefined;
  if (typeof name === "string") return name;
  return typeof className === "string" ? className : undefined;
}

import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import type { LayerFacts } from "./words.ts";

/** `Merge` of Keras 1, by its mode. */
const MERGES: ReadonlyMap<string, string> = new Map([
  ["Merge sum", "Add"],
  ["Merge mul", "Multiply"],
  ["Merge ave", "Average"],
  ["Merge max", "Maximum"],
  ["Merge concat", "Concatenate"],
]);

/** A layer's class without what versions and kernels of tf.keras add to its name, and without Keras 1's `Merge`. */
export function modernClass(className: string, config: JsonObject): string {
  const merge = MERGES.get(`${className} ${String(config.mode)}`);
  return merge ?? CLASSES.get(className) ?? className;
}

const CLASSES: ReadonlyMap<string, string> = new Map([
  ["CuDNNLSTM", "LSTM"],
  ["CuDNNGRU", "GRU"],
  ["LSTMV2", "LSTM"],
  ["GRUV2", "GRU"],
  ["LSTMCellV2", "LSTMCell"],
  ["GRUCellV2", "GRUCell"],
  ["BatchNormalizationV1", "BatchNormalization"],
  ["BatchNormalizationV2", "BatchNormalization"],
]);

/** What layers of CuDNN compute, which have no words for it. */
export const FUSED: JsonObject = {
  activation: "tanh",
  recurrent_activation: "sigmoid",
  use_bias: true,
};

/** Arguments of a class whose names or defaults differ in older files, and are the same in Keras 2 and 3. */
export function settledAlike(className: string, config: JsonObject): JsonObject {
  switch (className) {
    case "Flatten":
      return { data_format: config.data_format ?? "channels_last" };
    case "ELU":
      return { alpha: bare(config.alpha ?? 1) };
    case "ReLU":
      return {
        max_value: bare(config.max_value ?? null),
        negative_slope: bare(config.negative_slope ?? 0),
        threshold: bare(config.threshold ?? 0),
      };
    case "Concatenate":
      return { axis: config.axis ?? config.concat_axis ?? -1 };
    case "BatchNormalization":
      return { axis: single(config.axis ?? -1) };
    default:
      return {};
  }
}

/** Logs that a layer cannot be said in other words. */
export function refuse({ log, path, fileClass }: LayerFacts, text: string): void {
  log.error({
    code: "unsupported",
    text,
    at: { layer: path, className: fileClass },
    hint: "Write the file's own generation instead, or replace the layer in the model.",
  });
}

/** What a value was translated to; logs that it cannot be where that is undefined. `title`: of the new generation. */
export function orRefuse(
  found: Json | undefined,
  key: string,
  value: Json,
  { facts, title }: { readonly facts: LayerFacts; readonly title: string },
): Json {
  if (found !== undefined) return found;
  refuse(facts, `${key} is ${JSON.stringify(value)}, which ${title} does not have.`);
  return null;
}

/** Whether a GRU has biases of its own behind the reset gate, which the shape of the stored ones settles. */
export function resetAfter(className: string, config: JsonObject, facts: LayerFacts): boolean {
  const shape = facts.weightShape(`${facts.prefixes[0] ?? ""}bias`);
  if (shape !== undefined) return shape.length === 2;
  return className.startsWith("CuDNN") || config.reset_after === true;
}

/** A number that numpy wrote as an object. */
export function bare(value: Json): Json {
  return isJsonObject(value) && value.type === "ndarray" ? (value.value ?? null) : value;
}

/** One axis that stands in a list. */
function single(axis: Json): Json {
  return isJsonList(axis) && axis.length === 1 ? (axis[0] ?? -1) : axis;
}

/** Which gates of which layers go through `recurrent_activation`. */
export const GATES: ReadonlyMap<
  string,
  { readonly gates: readonly number[]; readonly of: number }
> = new Map([
  ["LSTM", { gates: [0, 1, 3], of: 4 }],
  ["ConvLSTM1D", { gates: [0, 1, 3], of: 4 }],
  ["ConvLSTM2D", { gates: [0, 1, 3], of: 4 }],
  ["ConvLSTM3D", { gates: [0, 1, 3], of: 4 }],
  ["LSTMCell", { gates: [0, 1, 3], of: 4 }],
  ["GRU", { gates: [0, 1], of: 3 }],
  ["GRUCell", { gates: [0, 1], of: 3 }],
]);

/** A Bidirectional, which has a way to merge, holds its layer twice. */
export function heldPrefixes(config: JsonObject): readonly string[] {
  if (config.merge_mode === undefined) return ["layer/"];
  return isJsonObject(config.backward_layer) ? ["forward/"] : ["forward/", "backward/"];
}

/** The facts of what stands in a layer, whose weights have these prefixes. */
export function within(facts: LayerFacts, parts: readonly string[]): LayerFacts {
  const prefixes = facts.prefixes.flatMap((prefix) => parts.map((part) => `${prefix}${part}`));
  return { ...facts, prefixes };
}

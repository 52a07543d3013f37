import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import type { LayerFacts } from "./words.ts";

/** `Merge` of Keras 1, by its mode. */
export const MERGES: ReadonlyMap<string, string> = new Map([
  ["Merge sum", "Add"],
  ["Merge mul", "Multiply"],
  ["Merge ave", "Average"],
  ["Merge max", "Maximum"],
  ["Merge concat", "Concatenate"],
]);

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
export function single(axis: Json): Json {
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

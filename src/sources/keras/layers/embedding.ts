import type { ValueId } from "../../../ir/graph.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { expectRank, onlyInput } from "./axes.ts";
import { withMask } from "./masks.ts";

/** Layers that look up rows, and layers that make masks. */
export const embeddingSpecs: readonly LayerSpec[] = [
  { classNames: ["Embedding"], slots: () => [{ role: "embeddings" }], lower: lowerEmbedding },
  { classNames: ["Masking"], lower: lowerMasking },
];

/** With `mask_zero` index 0 is padding: its steps are masked, though the row is looked up all the same. */
function lowerEmbedding(call: LayerCall): LayerResult {
  const { config } = call;
  const input = onlyInput(call);
  const shape = [config.int("input_dim"), config.int("output_dim")];
  const embeddings = call.weight("embeddings", shape);
  const mask = config.bool("mask_zero", false) ? zeroMask(call, input) : undefined;
  return withMask(call.emit({ kind: "embedding", weights: { embeddings } }, input), mask);
}

function zeroMask(call: LayerCall, input: ValueId): ValueId {
  if (call.shapeOf(input).length !== 2) {
    call.refuse("mask_zero on other than (batch, time) indices cannot be expressed.");
  }
  return call.emit({ kind: "notEqualMask", value: 0, reduceLast: false, weights: {} }, input);
}

/** Steps whose features all equal `mask_value` are masked, and become zero. */
function lowerMasking(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  expectRank(call, input, 3);
  const value = call.config.number("mask_value", 0);
  const mask = call.emit({ kind: "notEqualMask", value, reduceLast: true, weights: {} }, input);
  return withMask(call.emit({ kind: "applyMask", weights: {} }, input, mask), mask);
}

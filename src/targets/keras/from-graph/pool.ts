import type { GlobalPoolOp, PoolOp } from "../../../ir/ops/pool.ts";
import { dataFormat } from "./conv.ts";
import type { LayerDraft, StepTypes } from "./layer.ts";

/** MaxPooling and AveragePooling over one to three axes. */
export function poolLayer({ fn, poolSize, strides, padding, layout }: PoolOp): LayerDraft {
  if (typeof padding !== "string" || padding === "causal") {
    return { unsupported: "Keras has no pooling with padding of its own amounts." };
  }
  return {
    className: `${fn === "max" ? "Max" : "Average"}Pooling${poolSize.length}D`,
    config: { pool_size: poolSize, strides, padding, data_format: dataFormat(layout) },
  };
}

/** GlobalMaxPooling and GlobalAveragePooling. */
export function globalPoolLayer(
  { fn, keepDims, layout, masked }: GlobalPoolOp,
  { inputs: [input] }: StepTypes,
): LayerDraft {
  if (masked) return { unsupported: "a mean over the steps that a mask leaves is not written." };
  return {
    className: `Global${fn === "max" ? "Max" : "Average"}Pooling${(input?.shape.length ?? 4) - 2}D`,
    config: { data_format: dataFormat(layout), keepdims: keepDims },
  };
}

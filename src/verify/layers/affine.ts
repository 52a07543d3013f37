import type { WeightParams } from "../../formats/coreml/types.gen.ts";
import { broadcastTo } from "../broadcast.ts";
import { type LayerCall, on } from "../call.ts";
import { emptyTensor, reshaped, sizeOf, type Tensor } from "../tensor.ts";

/** Multiplies by, then adds, a vector or block over axes -3 to -1. */
export const scale = on("scale", (params, call) => {
  const x = call.input(0, 3);
  const factors = block(call, x, params.shapeScale, params.scale, "scale");
  const offsets =
    params.hasBias === true ? block(call, x, params.shapeBias, params.bias, "bias") : undefined;
  return apply(x, factors, offsets);
});

/** Adds a vector or block over axes -3 to -1. */
export const bias = on("bias", (params, call) => {
  const x = call.input(0, 3);
  return apply(x, undefined, block(call, x, params.shape, params.bias, "bias"));
});

/** `[1]`, `[C]`, `[1, H, W]` or `[C, H, W]`, repeated to the full `[C, H, W]`. */
function block(
  call: LayerCall,
  x: Tensor,
  shape: readonly number[] | undefined,
  params: WeightParams | undefined,
  what: string,
): Float32Array {
  const target = x.shape.slice(-3);
  const own = shape ?? [];
  const full = own.length === 1 ? [...own, 1, 1] : own;
  const fits = full.length === 3 && full.every((size, axis) => size === 1 || size === target[axis]);
  call.require(fits, `has a ${what} of shape [${own}], but its input is [${x.shape}]`);
  const values = call.weights(params, own, what);
  return broadcastTo(reshaped({ shape: own, data: values }, full), target).data;
}

function apply(
  x: Tensor,
  factors: Float32Array | undefined,
  offsets: Float32Array | undefined,
): Tensor {
  const size = sizeOf(x.shape.slice(-3));
  const result = emptyTensor(x.shape);
  for (let index = 0; index < x.data.length; index++) {
    const at = index % size;
    result.data[index] = (x.data[index] ?? 0) * (factors?.[at] ?? 1) + (offsets?.[at] ?? 0);
  }
  return result;
}

import { pad, reshape, slice, type Tensor } from "@tensorflow/tfjs-core";
import { sizeAt } from "./rank.ts";

/** A kernel `[…spatial, …]` with zeros between its taps: for kernels of tfjs that know no dilations. */
export function dilate(kernel: Tensor, dilations: readonly number[]): Tensor {
  return dilations.reduce((spread, dilation, axis) => {
    if (dilation === 1) return spread;
    const size = sizeAt(spread, axis);
    const rest = spread.shape.slice(axis + 1).reduce((product, dim) => product * dim, 1);
    const apart = pad(reshape(spread, [-1, 1, rest]), [
      [0, 0],
      [0, dilation - 1],
      [0, 0],
    ]);
    const joined = reshape(apart, spread.shape.with(axis, size * dilation));
    const reach = spread.shape.with(axis, (size - 1) * dilation + 1);
    return slice(
      joined,
      reach.map(() => 0),
      reach,
    );
  }, kernel);
}

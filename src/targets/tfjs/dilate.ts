import { pad, reshape, slice, type Tensor } from "@tensorflow/tfjs-core";
import { sizeAt } from "./rank.ts";

/** A kernel `[…spatial, …]` with zeros between its taps: for kernels of tfjs that know no dilations. */
export function dilate(kernel: Tensor, dilations: readonly number[]): Tensor {
  return dilations.reduce((spread, dilation, axis) => {
    if (dilation === 1) return spread;
    const size = sizeAt(spread, axis);
    const apart = reshape(spread, spread.shape.toSpliced(axis + 1, 0, 1));
    const amounts = apart.shape.map((_, at): [number, number] => [
      0,
      at === axis + 1 ? dilation - 1 : 0,
    ]);
    const joined = reshape(pad(apart, amounts), spread.shape.with(axis, size * dilation));
    const reach = spread.shape.with(axis, (size - 1) * dilation + 1);
    return slice(
      joined,
      reach.map(() => 0),
      reach,
    );
  }, kernel);
}

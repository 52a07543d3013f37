import {
  add,
  gather,
  matMul,
  reshape,
  type Tensor,
  tensor1d,
  transpose,
} from "@tensorflow/tfjs-core";
import type { LocallyConnectedOp } from "../../ir/ops/conv.ts";
import { type Computed, computed, optionalWeight, tensorAt, type WeightLookup } from "./forward.ts";
import { channelsLast, pair, sizeAt } from "./rank.ts";

/** A convolution with a kernel of its own at every place: one matrix product for each place. */
export function locallyConnected(
  op: LocallyConnectedOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  const kernel = weightOf(op.weights.kernel);
  const bias = optionalWeight(op.weights.bias, weightOf);
  return computed(
    channelsLast(tensorAt(inputs, 0), op.layout, (x) => {
      const { places, output } = seen(op, x.shape.slice(1, -1));
      const [batch, channels] = [sizeAt(x, 0), sizeAt(x, -1)];
      const [count, columns] = [sizeAt(kernel, 0), sizeAt(kernel, 1)];
      const pixels = reshape(x, [batch, -1, channels]);
      const patches = reshape(gather(pixels, tensor1d([...places], "int32"), 1), [
        batch,
        count,
        columns,
      ]);
      const products = matMul(transpose(patches, [1, 0, 2]), kernel);
      const y = reshape(transpose(products, [1, 0, 2]), [batch, ...output, sizeAt(kernel, 2)]);
      return bias === undefined ? y : add(y, bias);
    }),
  );
}

interface Seen {
  /** Input places of every tap of every output place, row-major. */
  readonly places: readonly number[];
  readonly output: readonly number[];
}

function seen(op: LocallyConnectedOp, spatial: readonly number[]): Seen {
  const [inHeight, width] = pair(spatial, 1);
  const [rows, columns] = pair(op.kernelSize, 1);
  const [down, right] = pair(op.strides, 1);
  const height = Math.floor((inHeight - rows) / down) + 1;
  const across = Math.floor((width - columns) / right) + 1;
  const places: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < across; x++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          places.push((y * down + row) * width + x * right + column);
  return { places, output: spatial.length === 1 ? [across] : [height, across] };
}

import {
  add,
  conv2dTranspose,
  pad,
  reshape,
  slice,
  type Tensor,
  unstack,
  zeros,
} from "@tensorflow/tfjs-core";
import type { ConvTransposeOp } from "../../ir/ops/conv.ts";
import { transposedOutput } from "../../ir/ops/window.ts";
import { addBias } from "./add-bias.ts";
import { dilate } from "./dilate.ts";
import { type Computed, computed, optionalWeight, tensorAt, type WeightLookup } from "./forward.ts";
import { padConstant } from "./pad.ts";
import { channelsLast, fourAxes, pair, sizeAt, triple } from "./rank.ts";

/** The gradient of a convolution: every input adds a kernel to the output. */
export function convTranspose(
  op: ConvTransposeOp,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
): Computed {
  const kernel = weightOf(op.weights.kernel);
  const bias = optionalWeight(op.weights.bias, weightOf);
  return computed(
    channelsLast(tensorAt(inputs, 0), op.layout, (x) => {
      const y = placed(op, kernel, x);
      return bias === undefined ? y : addBias(y, bias);
    }),
  );
}

/** All that the inputs reach, of which the output is a part; beyond it there are zeros. */
function placed(op: ConvTransposeOp, kernel: Tensor, x: Tensor): Tensor {
  const rank = op.strides.length;
  const spatial = x.shape.slice(1, -1);
  const window = { ...op, size: kernel.shape.slice(0, rank) };
  const wanted = transposedOutput(window, op.outputPadding, spatial).map((size) => size ?? 0);
  const spread = dilate(kernel, op.dilations);
  const covered = spatial.map(
    (size, axis) => (size - 1) * (op.strides[axis] ?? 1) + sizeAt(spread, axis),
  );
  const full = scatter(op, spread, x, covered);
  const before = covered.map((size, axis) =>
    op.padding === "same" ? Math.floor(Math.max(0, size - (wanted[axis] ?? 0)) / 2) : 0,
  );
  const kept = covered.map((size, axis) => Math.min(wanted[axis] ?? 0, size - (before[axis] ?? 0)));
  const part = slice(full, [0, ...before, 0], [sizeAt(x, 0), ...kept, -1]);
  const missing = kept.map((size, axis): [number, number] => [0, (wanted[axis] ?? 0) - size]);
  if (missing.every(([, after]) => after === 0)) return part;
  return padConstant(part, [[0, 0], ...missing, [0, 0]], 0);
}

function scatter(
  op: ConvTransposeOp,
  kernel: Tensor,
  x: Tensor,
  covered: readonly number[],
): Tensor {
  if (x.rank === 5) return scatterVolume(op, kernel, x, covered);
  const [batch, out] = [sizeAt(x, 0), sizeAt(kernel, -2)];
  const [height, width] = pair(covered, 1);
  const wide = (y: Tensor, axis: number) =>
    fourAxes(x.rank === 4 ? y : reshape(y, y.shape.toSpliced(axis, 0, 1)));
  const shape: [number, number, number, number] = [batch, height, width, out];
  const strides = pair(op.strides, 1);
  const y = conv2dTranspose(wide(x, 1), wide(kernel, 0), shape, strides, "valid");
  return x.rank === 4 ? y : reshape(y, [batch, width, out]);
}

/** Layer by layer of the kernel, each put where it belongs along the depth: the wasm kernel for volumes is wrong. */
function scatterVolume(
  op: ConvTransposeOp,
  kernel: Tensor,
  x: Tensor,
  covered: readonly number[],
): Tensor {
  const [batch = 1, depth = 1, height = 1, width = 1, channels = 1] = x.shape;
  const [stride, down, right] = triple(op.strides);
  const [deep, rows, columns] = triple(covered);
  const out = sizeAt(kernel, -2);
  const frames = fourAxes(reshape(x, [batch * depth, height, width, channels]));
  const shape: [number, number, number, number] = [batch * depth, rows, columns, out];
  const volume = unstack(kernel, 0).reduce<Tensor>(
    (sum, layer, tap) => {
      const y = conv2dTranspose(frames, fourAxes(layer), shape, [down, right], "valid");
      const apart = pad(reshape(y, [batch * depth, 1, rows * columns * out]), [
        [0, 0],
        [0, stride - 1],
        [0, 0],
      ]);
      const long = reshape(apart, [batch, depth * stride, rows * columns, out]);
      const used = slice(long, [0, 0, 0, 0], [batch, (depth - 1) * stride + 1, -1, -1]);
      const after = deep - tap - (depth - 1) * stride - 1;
      const placed = pad(used, [
        [0, 0],
        [tap, after],
        [0, 0],
        [0, 0],
      ]);
      return add(sum, placed);
    },
    zeros([batch, deep, rows * columns, out]),
  );
  return reshape(volume, [batch, deep, rows, columns, out]);
}

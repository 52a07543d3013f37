import {
  concat,
  matMul,
  mul,
  reshape,
  slice,
  split,
  stack,
  sum,
  type Tensor,
  transpose,
} from "@tensorflow/tfjs-core";
import type { ConvOp, DepthwiseConvOp } from "../../../ir/ops/conv.ts";
import type { Window } from "../../../ir/ops/window.ts";
import { tensorAt } from "../forward.ts";
import { sizeAt } from "../rank.ts";
import type { Backward, BackwardStep, Gradients } from "./backward.ts";
import { fromLast, toLast } from "./layout.ts";
import { plus, tapsOf } from "./taps.ts";

/** Convolution: one product of matrices for each place of the kernel. */
export const convBackward: Backward<ConvOp> = {
  reads: () => "inputs",
  gradients: (op, step) =>
    convolved(op, step, (x, dy, kernel) => inGroups(op, step, [x, dy, kernel])),
};

/** Each channel by itself: one product, number by number, for each place of the kernel. */
export const depthwiseConvBackward: Backward<DepthwiseConvOp> = {
  reads: () => "inputs",
  gradients: (op, step) =>
    convolved(op, step, (x, dy, kernel) => depthwise(op, step, [x, dy, kernel])),
};

/** Channels last. */
interface Slid {
  readonly input: Tensor | undefined;
  readonly kernel: Tensor | undefined;
}

type Operands = readonly [x: Tensor, gradient: Tensor, kernel: Tensor];

/** Layout before and after, and the bias. */
function convolved(
  op: ConvOp | DepthwiseConvOp,
  { inputs, gradient, weightOf, wantsWeights }: BackwardStep,
  slide: (...operands: Operands) => Slid,
): Gradients {
  const last = toLast(gradient, op.layout);
  const kernel = weightOf(op.weights.kernel);
  const slid = slide(toLast(tensorAt(inputs, 0), op.layout), last, kernel);
  const { bias } = op.weights;
  const axes = last.shape.map((_, axis) => axis).slice(0, -1);
  return {
    inputs: [slid.input === undefined ? undefined : fromLast(slid.input, op.layout)],
    weights: [
      ...(slid.kernel === undefined ? [] : [{ ref: op.weights.kernel, gradient: slid.kernel }]),
      ...(bias === undefined || !wantsWeights ? [] : [{ ref: bias, gradient: sum(last, axes) }]),
    ],
  };
}

function inGroups(op: ConvOp, step: BackwardStep, [x, dy, kernel]: Operands): Slid {
  if (op.groups === 1) return dense(op, step, [x, dy, kernel]);
  const [xs, dys, kernels] = [x, dy, kernel].map((one) => split(one, op.groups, one.rank - 1));
  const parts = (kernels ?? []).map((part, group) =>
    dense(op, step, [tensorAt(xs ?? [], group), tensorAt(dys ?? [], group), part]),
  );
  const joined = (pick: (part: Slid) => Tensor | undefined): Tensor | undefined => {
    const all = parts.flatMap((part) => pick(part) ?? []);
    return all.length === 0 ? undefined : concat(all, tensorAt(all, 0).rank - 1);
  };
  return { input: joined(({ input }) => input), kernel: joined((part) => part.kernel) };
}

function dense(op: ConvOp, { wants, wantsWeights }: BackwardStep, [x, dy, kernel]: Operands): Slid {
  const size = kernel.shape.slice(0, -2);
  const [channels, out] = [sizeAt(kernel, -2), sizeAt(kernel, -1)];
  const taps = tapsOf(windowOf(op, size), x.shape, dy.shape);
  const rows = reshape(dy, [-1, out]);
  const padded = taps.pad(x, 0);
  const filters = reshape(kernel, [-1, channels, out]);
  const found: Tensor[] = [];
  let input: Tensor | undefined;
  taps.offsets.forEach((offset, place) => {
    if (wantsWeights) {
      const seen = reshape(taps.see(padded, offset), [-1, channels]);
      found.push(matMul(transpose(seen), rows));
    }
    if (!wants(0)) return;
    const filter = reshape(slice(filters, [place, 0, 0], [1, channels, out]), [channels, out]);
    const back = reshape(matMul(rows, transpose(filter)), [...dy.shape.slice(0, -1), channels]);
    input = plus(input, taps.spread(back, offset));
  });
  return {
    input: input === undefined ? undefined : taps.crop(input),
    kernel: wantsWeights ? reshape(stack(found), kernel.shape) : undefined,
  };
}

function depthwise(
  op: DepthwiseConvOp,
  { wants, wantsWeights }: BackwardStep,
  [x, dy, kernel]: Operands,
): Slid {
  const size = kernel.shape.slice(0, -2);
  const [channels, multiplier] = [sizeAt(kernel, -2), sizeAt(kernel, -1)];
  const taps = tapsOf(windowOf(op, size), x.shape, dy.shape);
  const rows = reshape(dy, [-1, channels, multiplier]);
  const padded = taps.pad(x, 0);
  const filters = reshape(kernel, [-1, channels, multiplier]);
  const found: Tensor[] = [];
  let input: Tensor | undefined;
  taps.offsets.forEach((offset, place) => {
    if (wantsWeights) {
      const seen = reshape(taps.see(padded, offset), [-1, channels, 1]);
      found.push(sum(mul(rows, seen), 0));
    }
    if (!wants(0)) return;
    const filter = slice(filters, [place, 0, 0], [1, channels, multiplier]);
    const back = reshape(sum(mul(rows, filter), 2), [...dy.shape.slice(0, -1), channels]);
    input = plus(input, taps.spread(back, offset));
  });
  return {
    input: input === undefined ? undefined : taps.crop(input),
    kernel: wantsWeights ? reshape(stack(found), kernel.shape) : undefined,
  };
}

function windowOf(op: ConvOp | DepthwiseConvOp, size: readonly number[]): Window {
  const { strides, dilations, padding } = op;
  return { size, strides, dilations, padding };
}

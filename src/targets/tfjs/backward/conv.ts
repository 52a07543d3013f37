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
import { inShape, sizeAt } from "../rank.ts";
import type { Backward, BackwardStep, Gradients } from "./backward.ts";
import { biasGradient } from "./bias.ts";
import { type GradientKernels, gradientKernels } from "./gradient-kernels.ts";
import { fromLast, toLast } from "./layout.ts";
import { slidingOf } from "./sliding.ts";
import { plus, tapsOf } from "./taps.ts";

/** Convolution: by kernels of the backend, else one product of matrices for each place of the kernel. */
export const convBackward: Backward<ConvOp> = {
  reads: () => "inputs",
  gradients: (op, step) =>
    convolved(op, step, (x, dy, kernel) => inGroups(op, step, [x, dy, kernel])),
};

/** Each channel by itself: by kernels of the backend, else one product, number by number, for each place of the kernel. */
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

type Slides = Pick<ConvOp, "strides" | "dilations" | "padding">;

type Wanted = Pick<BackwardStep, "wants" | "wantsWeights">;

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
  return {
    inputs: [slid.input === undefined ? undefined : fromLast(slid.input, op.layout)],
    weights: [
      ...(slid.kernel === undefined ? [] : [{ ref: op.weights.kernel, gradient: slid.kernel }]),
      ...(bias === undefined || !wantsWeights ? [] : [{ ref: bias, gradient: biasGradient(last) }]),
    ],
  };
}

function inGroups(op: ConvOp, step: BackwardStep, [x, dy, kernel]: Operands): Slid {
  if (op.groups === 1) return convGradients(op, step, [x, dy, kernel]);
  const [xs, dys, kernels] = [x, dy, kernel].map((one) => split(one, op.groups, one.rank - 1));
  const parts = (kernels ?? []).map((part, group) =>
    convGradients(op, step, [tensorAt(xs ?? [], group), tensorAt(dys ?? [], group), part]),
  );
  const joined = (pick: (part: Slid) => Tensor | undefined): Tensor | undefined => {
    const all = parts.flatMap((part) => pick(part) ?? []);
    return all.length === 0 ? undefined : concat(all, tensorAt(all, 0).rank - 1);
  };
  return { input: joined(({ input }) => input), kernel: joined((part) => part.kernel) };
}

/** The gradients of a convolution in one group, channels last, as far as they are wanted. */
export function convGradients(op: Slides, wanted: Wanted, operands: Operands): Slid {
  const { convInput: input, convFilter: filter } = gradientKernels();
  return byKernels(op, wanted, operands, { input, filter, others: denseByTaps });
}

function depthwise(op: DepthwiseConvOp, wanted: Wanted, operands: Operands): Slid {
  const { depthwiseInput: input, depthwiseFilter: filter } = gradientKernels();
  return byKernels(op, wanted, operands, { input, filter, others: depthwiseByTaps });
}

interface SlidingKernels {
  readonly input: GradientKernels["convInput"];
  readonly filter: GradientKernels["convFilter"];
  /** For what the backend has no kernel. */
  readonly others: (op: Slides, wanted: Wanted, operands: Operands) => Slid;
}

function byKernels(
  op: Slides,
  { wants, wantsWeights }: Wanted,
  operands: Operands,
  kernels: SlidingKernels,
): Slid {
  const [x, dy, kernel] = operands;
  const sliding = slidingOf(windowOf(op, kernel.shape.slice(0, -2)), x, dy);
  const filter = sliding && wantsWeights ? kernels.filter?.(x, dy, sliding) : undefined;
  const input = sliding && wants(0) ? kernels.input?.(dy, kernel, sliding) : undefined;
  const open = {
    wants: () => wants(0) && input === undefined,
    wantsWeights: wantsWeights && filter === undefined,
  };
  const rest =
    open.wants() || open.wantsWeights
      ? kernels.others(op, open, operands)
      : { input: undefined, kernel: undefined };
  return {
    input: input === undefined ? rest.input : inShape(input, x.shape),
    kernel: filter === undefined ? rest.kernel : inShape(filter, kernel.shape),
  };
}

function denseByTaps(op: Slides, { wants, wantsWeights }: Wanted, [x, dy, kernel]: Operands): Slid {
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

function depthwiseByTaps(
  op: Slides,
  { wants, wantsWeights }: Wanted,
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

function windowOf(op: Slides, size: readonly number[]): Window {
  const { strides, dilations, padding } = op;
  return { size, strides, dilations, padding };
}

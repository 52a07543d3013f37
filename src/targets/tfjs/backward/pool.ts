import {
  cast,
  div,
  equal,
  logicalAnd,
  logicalNot,
  logicalOr,
  mul,
  onesLike,
  reshape,
  sum,
  type Tensor,
  tile,
  zerosLike,
} from "@tensorflow/tfjs-core";
import type { GlobalPoolOp, PoolOp } from "../../../ir/ops/pool.ts";
import type { Window } from "../../../ir/ops/window.ts";
import { tensorAt } from "../forward.ts";
import { globalPool } from "../pool.ts";
import { inShape } from "../rank.ts";
import { type Backward, ofInput } from "./backward.ts";
import { gradientKernels } from "./gradient-kernels.ts";
import { fromLast, toLast } from "./layout.ts";
import { slidingOf } from "./sliding.ts";
import { taped } from "./taped.ts";
import { plus, type Taps, tapsOf } from "./taps.ts";

/** The maximum's gradient goes to the first place that holds it, an average's to all places alike. */
export const poolBackward: Backward<PoolOp> = {
  reads: ({ fn }) => (fn === "max" ? "inputs and output" : "inputs"),
  gradients: (op, { inputs, output, gradient, wants }) => {
    if (!wants(0)) return ofInput(undefined);
    const x = toLast(tensorAt(inputs, 0), op.layout);
    const dy = toLast(gradient, op.layout);
    const { poolSize: size, strides, padding } = op;
    const window = { size, strides, padding, dilations: size.map(() => 1) };
    const own = byKernels(op, window, [x, toLast(output, op.layout), dy]);
    if (own !== undefined) return ofInput(fromLast(inShape(own, x.shape), op.layout));
    const taps = tapsOf(window, x.shape, dy.shape);
    const dx =
      op.fn === "max" ? ofMaximum(taps, x, toLast(output, op.layout), dy) : ofAverage(taps, x, dy);
    return ofInput(fromLast(taps.crop(dx), op.layout));
  },
};

function byKernels(
  { fn }: PoolOp,
  window: Window,
  [x, y, dy]: readonly [Tensor, Tensor, Tensor],
): Tensor | undefined {
  const sliding = slidingOf(window, x, dy);
  if (sliding === undefined) return undefined;
  const { maximumInput, averageInput } = gradientKernels();
  return fn === "max" ? maximumInput?.(x, y, dy, sliding) : averageInput?.(dy, sliding);
}

/** Maximum or mean over all places. Equal maxima share the gradient, as TensorFlow's `reduce_max` has it. */
export const globalPoolBackward: Backward<GlobalPoolOp> = {
  reads: ({ fn, masked }) => {
    if (masked) return "inputs";
    return fn === "max" ? "inputs and output" : "nothing";
  },
  gradients: (op, step) => {
    const { inputs, shapes, output, gradient, wants } = step;
    if (!wants(0)) return ofInput(undefined);
    if (op.masked) return maskedBackward.gradients(op, step);
    const [input = []] = shapes;
    const channel = op.layout === "channels-last" ? input.length - 1 : 1;
    const shape = input.map((size, axis) => (axis === 0 || axis === channel ? size : 1));
    const axes = input.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== channel);
    const dy = reshape(gradient, shape);
    const places = axes.reduce((count, axis) => count * (input[axis] ?? 1), 1);
    if (op.fn === "average") {
      const [samples = 1, channels = 1] = [input[0], input[channel]];
      const last = channel === input.length - 1;
      const row = reshape(div(dy, places), last ? [samples, 1, channels] : [samples, channels, 1]);
      return ofInput(reshape(tile(row, last ? [1, places, 1] : [1, 1, places]), [...input]));
    }
    const largest = cast(equal(tensorAt(inputs, 0), reshape(output, shape)), "float32");
    return ofInput(mul(div(dy, sum(largest, axes, true)), largest));
  },
};

const maskedBackward = taped<GlobalPoolOp>(globalPool, (_, input) => input === 0);

function ofMaximum(taps: Taps, x: Tensor, y: Tensor, dy: Tensor): Tensor {
  const padded = taps.pad(x, Number.NEGATIVE_INFINITY);
  let taken: Tensor | undefined;
  let input: Tensor | undefined;
  for (const offset of taps.offsets) {
    const holds = equal(taps.see(padded, offset), y);
    const first = taken === undefined ? holds : logicalAnd(holds, logicalNot(taken));
    taken = taken === undefined ? holds : logicalOr(taken, holds);
    input = plus(input, taps.spread(mul(dy, cast(first, "float32")), offset));
  }
  return input ?? zerosLike(padded);
}

/** Places outside the input do not count. */
function ofAverage(taps: Taps, x: Tensor, dy: Tensor): Tensor {
  const inside = taps.pad(onesLike(x), 0);
  let count: Tensor | undefined;
  for (const offset of taps.offsets) count = plus(count, taps.see(inside, offset));
  const share = count === undefined ? dy : div(dy, count);
  let input: Tensor | undefined;
  for (const offset of taps.offsets) input = plus(input, taps.spread(share, offset));
  return input ?? zerosLike(inside);
}

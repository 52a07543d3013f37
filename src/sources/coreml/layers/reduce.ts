import type { ValueId } from "../../../ir/graph.ts";
import type { ReduceOp } from "../../../ir/ops/pool.ts";
import { axesAt, type Blob, UNIT } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { emitActivation } from "./activation.ts";
import { emitLinear } from "./affine-steps.ts";

/** Over channels, height and width or some of them, which stay as ones. @see NeuralNetwork.proto ReduceLayerParams */
export const reduce = on("reduce", ({ mode = "SUM", axis = "CHW", epsilon }, call) => {
  const fromEnd = { CHW: [3, 2, 1], HW: [2, 1], C: [3], H: [2], W: [1] }[axis];
  const x = call.input(0, Math.max(...fromEnd));
  const axes = fromEnd.map((one) => x.axes.length - one);
  const kinds = {
    SUM: "sum",
    AVG: "mean",
    PROD: "prod",
    SUMSQUARE: "sumSquare",
    L1: "l1",
    L2: "l2norm",
    MAX: "max",
    MIN: "min",
    LOGSUM: "logSum",
    ARGMAX: undefined,
  } as const;
  const kind = kinds[mode] ?? call.refuse("it finds the place of the largest number");
  lowerReduce(call, x, { axes, kind, keepDims: true, epsilon: epsilon || 1e-6 });
});

/** Over the given axes, or all. */
export const reduceSum = on("reduceSum", (params, call) => overAxes(call, params, "sum"));
export const reduceMean = on("reduceMean", (params, call) => overAxes(call, params, "mean"));
export const reduceMax = on("reduceMax", (params, call) => overAxes(call, params, "max"));
export const reduceMin = on("reduceMin", (params, call) => overAxes(call, params, "min"));
export const reduceProd = on("reduceProd", (params, call) => overAxes(call, params, "prod"));
export const reduceL1 = on("reduceL1", (params, call) => overAxes(call, params, "l1"));
export const reduceL2 = on("reduceL2", (params, call) => overAxes(call, params, "l2norm"));
/** The sum of squares. */
export const reduceSumSquare = on("reduceSumSquare", (params, call) =>
  overAxes(call, params, "sumSquare"),
);
/** The logarithm of a sum of exponentials, without overflow. */
export const reduceLogSumExp = on("reduceLogSumExp", (params, call) =>
  overAxes(call, params, "logSumExp"),
);

type Kind = ReduceOp["fn"] | "l1" | "sumSquare" | "logSum" | "logSumExp";

interface Reduction {
  readonly axes: readonly number[];
  readonly kind: Kind;
  readonly keepDims: boolean;
  readonly epsilon?: number;
}

function overAxes(
  call: LayerCall,
  params: {
    readonly axes?: readonly number[] | undefined;
    readonly keepDims?: boolean | undefined;
    readonly reduceAll?: boolean | undefined;
  },
  kind: Kind,
): void {
  const x = call.input();
  const all = x.axes.map((_, index) => index);
  const axes =
    params.reduceAll === true
      ? all
      : (params.axes ?? []).map((axis) => call.axis(axis, all.length));
  if (axes.length === 0) call.fail("names no axes", "bad-config");
  lowerReduce(call, x, { axes, kind, keepDims: params.keepDims === true });
}

function lowerReduce(call: LayerCall, x: Blob, reduction: Reduction): void {
  const { axes, keepDims } = reduction;
  for (const index of axes) call.touch(x, index);
  const places = call.placesWith(x);
  const value = call.arrange(x, places);
  const inner = axes
    .filter((index) => places.includes(index))
    .map((index) => places.indexOf(index) + 1);
  const result = emitReduction(call, value, { ...reduction, axes: inner });
  if (keepDims) {
    call.finish(result, x.axes, places);
    return;
  }
  const left = places.filter((index) => !axes.includes(index));
  const placed = axesAt(x.axes, left).filter((_, index) => !axes.includes(index));
  call.bind({ value: result, axes: placed.length === 0 ? [UNIT] : placed });
}

function emitReduction(
  call: LayerCall,
  value: ValueId,
  { axes, kind, keepDims, epsilon = 0 }: Reduction,
): ValueId {
  const over = (fn: ReduceOp["fn"], of: ValueId, keep = keepDims): ValueId =>
    call.emit({ kind: "reduce", fn, axes, keepDims: keep, weights: {} }, of);
  const unary = (fn: "abs" | "square" | "log", of: ValueId): ValueId =>
    call.emit({ kind: "unary", fn, weights: {} }, of);
  switch (kind) {
    case "l1":
      return over("sum", unary("abs", value));
    case "sumSquare":
      return over("sum", unary("square", value));
    case "logSum":
      return over("sum", unary("log", emitLinear(call, value, 1, epsilon)));
    case "logSumExp": {
      const largest = over("max", value, true);
      const lowered = call.emit({ kind: "merge", fn: "subtract", weights: {} }, value, largest);
      const log = unary("log", over("sum", emitActivation(call, lowered, { fn: "exponential" })));
      const top = keepDims ? largest : over("max", value);
      return call.emit({ kind: "merge", fn: "add", weights: {} }, log, top);
    }
    default:
      return over(kind, value);
  }
}

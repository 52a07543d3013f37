import type { GraphBuilder } from "../../../ir/build.ts";
import type { Op, OpKind, OpOf } from "../../../ir/ops/index.ts";
import type { Dim, TensorType, WeightRef } from "../../../ir/tensor.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { addToEachStep } from "./time-steps.ts";

/** Rewrites one op so that it acts on each time step of inputs of `rank` dimensions; undefined where no op here can. */
type Lift<O extends Op> = (op: O, time: Dim, rank: number) => Op | undefined;

type Lifts = { readonly [K in OpKind]: Lift<OpOf<K>> };

/**
 * A builder that shows a layer its input without the time axis, and gives every op it adds that axis back: a 2-d
 * convolution over `(batch, time, h, w, c)` is a 3-d one of depth 1. Where no op can have it, every step gets an op of its own.
 * `refuse` is told which op cannot even be that.
 */
export function liftOverTime(
  build: GraphBuilder,
  time: Dim,
  refuse: (kind: OpKind) => never,
): GraphBuilder {
  return {
    input: (name, type) => build.input(name, type),
    finish: (outputs) => build.finish(outputs),
    typeOf: (value) => withoutTime(build.typeOf(value)),
    add(op, inputs, origin) {
      const [first] = inputs;
      const rank = first === undefined ? 0 : build.typeOf(first).shape.length;
      const lifted = liftOp(op, time, rank);
      if (lifted === undefined) {
        const count = time ?? refuse(op.kind);
        return addToEachStep(build, op, inputs, { count, origin }) ?? refuse(op.kind);
      }
      if (first === undefined || !isSpatial(lifted) || lifted.layout === "channels-last") {
        return build.add(lifted, inputs, origin);
      }
      // (batch, time, channels, …) is (batch, channels, time, …) for an op with a depth axis.
      const swap = [0, 2, 1, ...Array.from({ length: rank - 3 }, (_, index) => index + 3)];
      const permute = { kind: "permute", dims: swap, weights: {} } as const;
      const outputs = build.add(lifted, build.add(permute, [first], origin), origin);
      return build.add(permute, outputs, origin);
    },
  };
}

/** All values of the wrapped layer have the time axis, so all shapes lose it. */
function withoutTime(type: TensorType): TensorType {
  return { dtype: type.dtype, shape: type.shape.filter((_, axis) => axis !== 1) };
}

type SpatialOp = OpOf<"conv" | "depthwiseConv" | "convTranspose" | "pool" | "resize">;

function isSpatial(op: Op): op is SpatialOp {
  return ["conv", "depthwiseConv", "convTranspose", "pool", "resize"].includes(op.kind);
}

function liftOp(op: Op, time: Dim, rank: number): Op | undefined {
  return liftKind(op.kind, op, time, rank);
}

function liftKind<K extends OpKind>(kind: K, op: OpOf<K>, time: Dim, rank: number): Op | undefined {
  return LIFTS[kind](op, time, rank);
}

const same = <O extends Op>(op: O): Op => op;
const impossible = (): undefined => undefined;

const LIFTS: Lifts = {
  conv: (op) => window(op, (kernel) => ({ ...op, weights: { ...op.weights, kernel } })),
  depthwiseConv: (op) => window(op, (kernel) => ({ ...op, weights: { ...op.weights, kernel } })),
  convTranspose: (op) =>
    op.strides.length > 2
      ? undefined
      : {
          ...op,
          strides: [1, ...op.strides],
          dilations: [1, ...op.dilations],
          ...(op.outputPadding && { outputPadding: [0, ...op.outputPadding] }),
          weights: { ...op.weights, kernel: deepKernel(op.weights.kernel) },
        },
  locallyConnected: impossible,
  dense: same,
  matmul: same,
  dot: impossible,
  embedding: same,
  pool: (op) =>
    op.strides.length > 2
      ? undefined
      : {
          ...op,
          poolSize: [1, ...op.poolSize],
          strides: [1, ...op.strides],
          padding: op.padding === "causal" ? "valid" : deepPadding(op.padding),
        },
  globalPool: (op, _time, rank) => {
    if (op.masked) return undefined;
    const first = op.layout === "channels-first" ? 3 : 2;
    const axes = Array.from({ length: rank - 3 }, (_, index) => first + index);
    const fn = op.fn === "average" ? "mean" : "max";
    return { kind: "reduce", fn, axes, keepDims: op.keepDims, weights: {} };
  },
  reduce: (op) => (op.axes.includes(0) ? undefined : { ...op, axes: op.axes.map(next) }),
  batchNorm: (op) => ({ ...op, axis: next(op.axis) }),
  layerNorm: (op) => ({ ...op, axes: op.axes.map(next) }),
  groupNorm: impossible,
  unitNorm: (op) => ({ ...op, axes: op.axes.map(next) }),
  affine: same,
  activation: (op) => {
    const { activation } = op;
    if (!("axis" in activation)) return op;
    return { ...op, activation: { ...activation, axis: next(activation.axis) } };
  },
  prelu: (op) => {
    const { alpha } = op.weights;
    return { ...op, weights: { alpha: reshapeWeight(alpha, [1, ...alpha.shape]) } };
  },
  unary: same,
  merge: same,
  concat: (op) => ({ ...op, axis: next(op.axis) }),
  reshape: (op, time) => ({ ...op, shape: [time, ...op.shape] }),
  permute: (op) => ({ ...op, dims: [0, 1, ...op.dims.slice(1).map(next)] }),
  repeat: impossible,
  pad: (op) => ({ ...op, amounts: insertTime(op.amounts, [0, 0]) }),
  crop: (op) => ({ ...op, amounts: insertTime(op.amounts, [0, 0]) }),
  slice: (op) => ({
    ...op,
    starts: insertTime(op.starts, 0),
    ends: insertTime(op.ends, null),
    steps: insertTime(op.steps, 1),
  }),
  resize: (op, time) => {
    if (op.factors !== undefined) return { ...op, factors: [1, ...op.factors] };
    return op.size === undefined || time === null ? undefined : { ...op, size: [time, ...op.size] };
  },
  constant: (op) => {
    const { value } = op.weights;
    return { ...op, weights: { value: reshapeWeight(value, [1, ...value.shape]) } };
  },
  notEqualMask: impossible,
  applyMask: impossible,
  recurrent: impossible,
  convLstm: impossible,
  noise: (op) =>
    op.sharedAxes === undefined ? op : { ...op, sharedAxes: op.sharedAxes.map(next) },
  custom: impossible,
};

type Windowed = OpOf<"conv"> | OpOf<"depthwiseConv">;

/** One spatial axis more, of depth 1, where there is room for it. Causal padding becomes amounts. */
function window<O extends Windowed>(op: O, withKernel: (kernel: WeightRef) => O): O | undefined {
  if (op.strides.length > 2) return undefined;
  const reach = ((op.weights.kernel.shape[0] ?? 1) - 1) * (op.dilations[0] ?? 1);
  const padding = op.padding === "causal" ? ([[reach, 0]] as const) : op.padding;
  return {
    ...withKernel(deepKernel(op.weights.kernel)),
    strides: [1, ...op.strides],
    dilations: [1, ...op.dilations],
    padding: deepPadding(padding),
  };
}

function deepKernel(kernel: WeightRef): WeightRef {
  return reshapeWeight(kernel, [1, ...kernel.shape]);
}

function deepPadding<P extends string>(
  padding: P | readonly (readonly [number, number])[],
): P | readonly (readonly [number, number])[] {
  return typeof padding === "string" ? padding : [[0, 0], ...padding];
}

function insertTime<T>(items: readonly T[], item: T): readonly T[] {
  return [...items.slice(0, 1), item, ...items.slice(1)];
}

/** Axis 0 is the batch, on which nothing acts. */
function next(axis: number): number {
  return axis === 0 ? 0 : axis + 1;
}

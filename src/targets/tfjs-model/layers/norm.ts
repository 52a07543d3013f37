import type { Node } from "../../../ir/graph.ts";
import type { AffineOp, BatchNormOp, GroupNormOp, LayerNormOp } from "../../../ir/ops/norm.ts";
import { readFloat64, sizeOf, type WeightRef } from "../../../ir/tensor.ts";
import { filledWeight } from "../../../weights/constant.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import type { Emitters } from "../../target.ts";
import type { LayersEmission, TensorPlace } from "./emission.ts";
import { knownSize, refuse } from "./refuse.ts";
import { permuted, rescaled, reshaped } from "./steps.ts";

/** Normalisations, and scale with offset. */
export const normEmitters = {
  batchNorm: emitBatchNorm,
  layerNorm: emitLayerNorm,
  groupNorm: emitGroupNorm,
  unitNorm: {
    unsupported: "a normalisation by length does not exist in layers of TensorFlow.js.",
  },
  affine: emitAffine,
} satisfies Partial<Emitters<LayersEmission>>;

function emitBatchNorm(node: Node<BatchNormOp>, emission: LayersEmission): void {
  const { op } = node;
  const { gamma, beta, mean, variance } = op.weights;
  const weights = {
    ...(gamma === undefined ? {} : { gamma }),
    ...(beta === undefined ? {} : { beta }),
    moving_mean: mean,
    moving_variance: variance,
  };
  const config = {
    epsilon: op.epsilon,
    momentum: op.momentum,
    center: beta !== undefined,
    scale: gamma !== undefined,
  };
  emission.finish(
    node,
    alongLast(node, emission, emission.input(node), op.axis, (x, place) =>
      emission.one(
        node,
        {
          className: "BatchNormalization",
          config: { ...config, axis: x.shape.length - 1 },
          shape: x.shape,
          weights,
          ...place,
        },
        x,
      ),
    ),
  );
}

function emitLayerNorm(node: Node<LayerNormOp>, emission: LayersEmission): void {
  const { op } = node;
  if (op.rms)
    refuse(node, "a normalisation without mean does not exist in layers of TensorFlow.js.");
  const x = emission.input(node);
  if (x.shape.length > 4) refuse(node, "a normalisation of volumes does not exist there.");
  emission.finish(node, layerNormalised(node, emission, x, op.axes, op.epsilon, op.weights));
}

function layerNormalised(
  node: Node,
  emission: LayersEmission,
  x: TensorPlace,
  axes: readonly number[],
  epsilon: number,
  weights: LayerNormOp["weights"],
  step?: string,
): TensorPlace {
  const { gamma, beta } = weights;
  const config = {
    axis: [...axes].sort((a, b) => a - b),
    epsilon,
    center: beta !== undefined,
    scale: gamma !== undefined,
  };
  const all = {
    ...(gamma === undefined ? {} : { gamma }),
    ...(beta === undefined ? {} : { beta }),
  };
  const parts = { className: "LayerNormalization", config, shape: x.shape, weights: all };
  return emission.one(node, { ...parts, ...(step === undefined ? {} : { step }) }, x);
}

/** Groups become an axis of their own. */
function emitGroupNorm(node: Node<GroupNormOp>, emission: LayersEmission): void {
  const { groups, axis, epsilon, weights } = node.op;
  const x = emission.input(node);
  const channels = knownSize(node, x.shape[axis], "The number of channels");
  const split = x.shape.toSpliced(axis, 1, groups, channels / groups);
  const parts = reshaped(emission, { node, step: "groups" }, x, split);
  const inner = split.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
  const order = [0, axis, ...inner];
  const turned = permuted(emission, { node, step: "turn" }, parts, order);
  const rows = reshaped(emission, { node, step: "rows" }, turned, [
    x.shape[0] ?? null,
    groups,
    null,
  ]);
  const even = layerNormalised(node, emission, rows, [2], epsilon, {}, "normal");
  const back = reshaped(emission, { node, step: "unrows" }, even, turned.shape);
  const unturned = order.map((_, i) => order.indexOf(i));
  const whole = permuted(emission, { node, step: "unturn" }, back, unturned);
  const plain = weights.gamma === undefined && weights.beta === undefined;
  const y = reshaped(emission, { node, ...(plain ? {} : { step: "joined" }) }, whole, x.shape);
  emission.finish(node, plain ? y : scaled(node, emission, y, axis, weights));
}

/** A factor and an offset for each place along one axis: a batch normalisation that normalises nothing. */
function scaled(
  node: Node,
  emission: LayersEmission,
  x: TensorPlace,
  axis: number,
  { gamma, beta }: { readonly gamma?: WeightRef; readonly beta?: WeightRef },
): TensorPlace {
  const shape = gamma?.shape ?? beta?.shape ?? [];
  const weights = {
    ...(gamma === undefined ? {} : { gamma }),
    ...(beta === undefined ? {} : { beta }),
    moving_mean: filledWeight(`zeros(${shape})`, shape, 0),
    moving_variance: filledWeight(`ones(${shape})`, shape, 1),
  };
  return alongLast(node, emission, x, axis, (y, place) =>
    emission.one(
      node,
      {
        className: "BatchNormalization",
        // Never trained: its statistics are no statistics.
        config: {
          axis: y.shape.length - 1,
          epsilon: 0,
          center: beta !== undefined,
          scale: gamma !== undefined,
          trainable: false,
        },
        shape: y.shape,
        weights,
        ...place,
      },
      y,
    ),
  );
}

function emitAffine(node: Node<AffineOp>, emission: LayersEmission): void {
  const { scale, offset } = node.op.weights;
  const x = emission.input(node);
  const scalar = [scale, offset].every((ref) => ref === undefined || sizeOf(ref.shape) === 1);
  if (scalar) {
    const factor = scale === undefined ? 1 : (readFloat64(scale)[0] ?? 1);
    const addend = offset === undefined ? 0 : (readFloat64(offset)[0] ?? 0);
    emission.finish(node, rescaled(emission, { node }, x, factor, addend));
    return;
  }
  const axes = new Set([scale, offset].flatMap((ref) => axesOf(ref, x.shape.length)));
  const [axis = 0] = axes;
  if (axes.size !== 1 || axis === 0) {
    refuse(node, "constants that differ along several axes do not exist in its layers.");
  }
  const size = knownSize(node, x.shape[axis], "The size of the axis");
  const vector = (ref: WeightRef): WeightRef =>
    sizeOf(ref.shape) === 1
      ? filledWeight(`${ref.id}|wide`, [size], readFloat64(ref)[0] ?? 0)
      : reshapeWeight(ref, [size]);
  const gamma = scale === undefined ? {} : { gamma: vector(scale) };
  const beta = offset === undefined ? {} : { beta: vector(offset) };
  emission.finish(node, scaled(node, emission, x, axis, { ...gamma, ...beta }));
}

function axesOf(ref: WeightRef | undefined, rank: number): readonly number[] {
  if (ref === undefined) return [];
  const lead = rank - ref.shape.length;
  return ref.shape.flatMap((size, axis) => (size > 1 ? [axis + lead] : []));
}

/** Runs `inner` with an axis brought to the end: tfjs' batch normalisation is sure there only. */
function alongLast(
  node: Node,
  emission: LayersEmission,
  x: TensorPlace,
  axis: number,
  inner: (x: TensorPlace, place: { readonly step?: string }) => TensorPlace,
): TensorPlace {
  const last = x.shape.length - 1;
  if (axis === last) return fewAxes(node, emission, x, {}, inner);
  const order = x.shape
    .map((_, i) => i)
    .with(axis, last)
    .with(last, axis);
  const turned = permuted(emission, { node, step: "to_last" }, x, order);
  const y = fewAxes(node, emission, turned, { step: "last" }, inner);
  return permuted(emission, { node }, y, order);
}

/** Only up to four axes. */
function fewAxes(
  node: Node,
  emission: LayersEmission,
  x: TensorPlace,
  place: { readonly step?: string },
  inner: (x: TensorPlace, place: { readonly step?: string }) => TensorPlace,
): TensorPlace {
  if (x.shape.length <= 4) return inner(x, place);
  const [batch = null, ...rest] = x.shape;
  const places = rest
    .slice(0, -1)
    .reduce((size, dim) => (size === null || dim === null ? null : size * dim), 1);
  const flat = [batch, places, rest.at(-1) ?? null];
  const row = reshaped(emission, { node, step: "row" }, x, flat);
  return reshaped(emission, { node, ...place }, inner(row, { step: "row_norm" }), x.shape);
}

import type {
  AffineOp,
  BatchNormOp,
  GroupNormOp,
  LayerNormOp,
  UnitNormOp,
} from "../../ir/ops/norm.ts";
import { sizeOf } from "../../ir/tensor.ts";
import { broadcast } from "./gather.ts";
import { at, build, dim, only, pick, reshape, type Tensor, zeros } from "./tensor.ts";
import { load, loadOr } from "./weight.ts";

/** Normalisation by stored mean and variance, as in inference. */
export function batchNorm(op: BatchNormOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const size = dim(x, op.axis);
  const inner = sizeOf(x.shape.slice(op.axis + 1));
  const { weights } = op;
  const [gamma, beta] = [loadOr(weights.gamma, size, 1), loadOr(weights.beta, size, 0)];
  const [mean, variance] = [load(weights.mean).data, load(weights.variance).data];
  const scale = gamma.map((factor, c) => factor / Math.sqrt(at(variance, c) + op.epsilon));
  const y = zeros(x.shape);
  for (let start = 0, c = 0; start < x.data.length; start += inner, c = (c + 1) % size) {
    const factor = scale[c] ?? 0;
    const centre = mean[c] ?? 0;
    const offset = beta[c] ?? 0;
    for (let i = start; i < start + inner; i++) {
      y.data[i] = factor * ((x.data[i] ?? 0) - centre) + offset;
    }
  }
  return [y];
}

/** Normalisation over some axes of each sample. */
export function layerNorm(op: LayerNormOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const shape = x.shape.map((size, axis) => (op.axes.includes(axis) ? size : 1));
  const vector = (ref: typeof op.weights.gamma, fallback: number): Tensor =>
    reshape({ shape, data: loadOr(ref, sizeOf(shape), fallback) }, shape);
  const [gamma, beta] = [vector(op.weights.gamma, 1), vector(op.weights.beta, 0)];
  const squares = { shape: x.shape, data: x.data.map((value) => value * value) };
  const mean = op.rms ? zeros([1]) : meanOver(x, op.axes);
  const centred = build(x.shape, (i) => pick(x, i) - pick(mean, i));
  const variance = meanOver(
    op.rms ? squares : { shape: x.shape, data: centred.data.map((value) => value * value) },
    op.axes,
  );
  return [
    build(
      x.shape,
      (i) =>
        (pick(centred, i) / Math.sqrt(pick(variance, i) + op.epsilon)) * pick(gamma, i) +
        pick(beta, i),
    ),
  ];
}

/** Normalisation over groups of channels of each sample. */
export function groupNorm(op: GroupNormOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const channels = dim(x, op.axis);
  const perGroup = channels / op.groups;
  const [gamma, beta] = [
    loadOr(op.weights.gamma, channels, 1),
    loadOr(op.weights.beta, channels, 0),
  ];
  // (…, channels, …) as (…, groups, channels / groups, …), so that each group is a set of whole axes.
  const split = reshape(x, x.shape.toSpliced(op.axis, 1, op.groups, perGroup));
  const axes = split.shape.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== op.axis);
  const mean = meanOver(split, axes);
  const centred = build(split.shape, (i) => pick(split, i) - pick(mean, i));
  const variance = meanOver({ ...centred, data: centred.data.map((value) => value ** 2) }, axes);
  const y = build(split.shape, (i) => {
    const c = at(i, op.axis) * perGroup + at(i, op.axis + 1);
    return (
      (pick(centred, i) / Math.sqrt(pick(variance, i) + op.epsilon)) * at(gamma, c) + at(beta, c)
    );
  });
  return [reshape(y, x.shape)];
}

/** Each sample divided by its length along some axes. */
export function unitNorm(op: UnitNormOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const count = sizeOf(op.axes.map((axis) => dim(x, axis)));
  const mean = meanOver({ shape: x.shape, data: x.data.map((value) => value * value) }, op.axes);
  return [build(x.shape, (i) => pick(x, i) / Math.sqrt(Math.max(pick(mean, i) * count, 1e-12)))];
}

/** Scale and offset, broadcast. */
export function affine(op: AffineOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const { scale, offset } = op.weights;
  const factor = scale === undefined ? undefined : broadcast(load(scale), x.shape);
  const addend = offset === undefined ? undefined : broadcast(load(offset), x.shape);
  const data = x.data.map((value, i) => value * (factor?.[i] ?? 1) + (addend?.[i] ?? 0));
  return [{ shape: x.shape, data }];
}

/** Mean over some axes, which stay with size 1. */
function meanOver(x: Tensor, axes: readonly number[]): Tensor {
  const sums = zeros(x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)));
  const count = sizeOf(axes.map((axis) => dim(x, axis)));
  const places = broadcast({ ...sums, data: sums.data.map((_, place) => place) }, x.shape);
  x.data.forEach((value, i) => {
    const place = at(places, i);
    sums.data[place] = at(sums.data, place) + value / count;
  });
  return sums;
}

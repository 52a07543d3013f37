import type { Node } from "../../ir/graph.ts";
import type { BatchNormOp, LayerNormOp, UnitNormOp } from "../../ir/ops/norm.ts";
import { sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { filledWeight } from "../../weights/constant.ts";
import { mapWeight } from "../../weights/map.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { refuse } from "../refuse.ts";
import type { Emitters } from "../target.ts";
import { emitAffine, scaleBody, scaleLayout } from "./affine.ts";
import type { Emission } from "./emission.ts";
import { emitGroupNorm } from "./group-norm.ts";
import { CHANNEL, withAxisAt } from "./layout.ts";
import { reduceSteps } from "./reduce.ts";
import { inverseNorm, standardise } from "./standardise.ts";
import { MULTIPLY } from "./steps.ts";

/** Normalisations. Those by a sample's own statistics are composed of classic layers, which say exactly what is meant. */
export const normEmitters: Pick<
  Emitters<Emission>,
  "batchNorm" | "layerNorm" | "groupNorm" | "unitNorm" | "affine"
> = {
  batchNorm: emitBatchNorm,
  layerNorm: emitLayerNorm,
  groupNorm: emitGroupNorm,
  unitNorm: emitUnitNorm,
  affine: emitAffine,
};

/**
 * Keras' own vectors and epsilon. Epsilon 0 would mean 1e-5, so it is then taken off the variance.
 * @see NeuralNetwork.proto BatchnormLayerParams
 */
function emitBatchNorm(node: Node<BatchNormOp>, emission: Emission): string {
  const { gamma, beta, mean, variance } = node.op.weights;
  const channels = sizeOf(mean.shape);
  const layout = withAxisAt(emission.input(node).layout, node.op.axis, CHANNEL);
  const x = emission.read(node, layout).name;
  const ones = filledWeight("ones", [channels], 1);
  const zeros = filledWeight("zeros", [channels], 0);
  const smallest = Math.fround(node.op.epsilon) === 0;
  const batchnorm = {
    channels,
    epsilon: smallest ? DEFAULT_EPSILON : node.op.epsilon,
    gamma: emission.exactWeights(gamma ?? ones),
    beta: emission.exactWeights(beta ?? zeros),
    mean: emission.exactWeights(mean),
    variance: emission.exactWeights(smallest ? withoutDefaultEpsilon(variance) : variance),
  };
  return emission.write(node, layout).finish({ batchnorm }, x);
}

const DEFAULT_EPSILON = Math.fround(1e-5);

function withoutDefaultEpsilon(variance: WeightRef): WeightRef {
  return mapWeight("less(1e-5)", [variance], variance.shape, (values = new Float64Array()) =>
    values.map((value) => value - DEFAULT_EPSILON),
  );
}

function emitLayerNorm(node: Node<LayerNormOp>, emission: Emission): string {
  const { epsilon, rms } = node.op;
  const axes = [...node.op.axes].sort((a, b) => a - b);
  const input = emission.input(node);
  if (axes.length > 3) refuse(node, "normalisation over more than three axes cannot be expressed.");
  const layout = scaleLayout(input.layout, axes);
  const { axis } = reduceSteps(layout, axes);
  const x = emission.read(node, layout).name;
  const writer = emission.write(node, layout);
  const factors = standardise(writer, x, { axis, epsilon, rms });
  const { gamma, beta } = node.op.weights;
  if (gamma === undefined && beta === undefined) return writer.finish(MULTIPLY, ...factors);
  const aligned = (ref: WeightRef | undefined): WeightRef | undefined =>
    ref === undefined ? undefined : alignedAt(ref, axes, input.shape.length);
  const constants = { scale: aligned(gamma), offset: aligned(beta) };
  const body = scaleBody(layout, axes, constants, (ref) => emission.weights(node, ref));
  return writer.finish(body, writer.step("product", MULTIPLY, ...factors));
}

/** A constant over some axes with ones for the others. */
function alignedAt(ref: WeightRef, axes: readonly number[], rank: number): WeightRef {
  const shape = Array.from({ length: rank }, (_, axis) => {
    const index = axes.indexOf(axis);
    return index < 0 ? 1 : (ref.shape[index] ?? 1);
  });
  return reshapeWeight(ref, shape);
}

/** `x * max(sum(x²), 1e-12) ** -0.5` */
function emitUnitNorm(node: Node<UnitNormOp>, emission: Emission): string {
  const { axes } = node.op;
  if (axes.length > 3) refuse(node, "normalisation over more than three axes cannot be expressed.");
  const { layout, axis } = reduceSteps(emission.input(node).layout, axes);
  const x = emission.read(node, layout).name;
  const writer = emission.write(node, layout);
  return writer.finish(MULTIPLY, x, inverseNorm(writer, x, axis));
}

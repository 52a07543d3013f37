import type { Node } from "../../../ir/graph.ts";
import type { Dim, WeightRef } from "../../../ir/tensor.ts";
import type { LayersEmission, TensorPlace } from "./emission.ts";
import { refuse } from "./refuse.ts";

/** Where a step stands: the node, what it is called among the node's steps (none: it carries the node's name). */
export interface StepPlace {
  readonly node: Node;
  readonly step?: string;
}

/** The same numbers in another shape, batch included; at most one free size. */
export function reshaped(
  emission: LayersEmission,
  { node, ...rest }: StepPlace,
  x: TensorPlace,
  shape: readonly Dim[],
): TensorPlace {
  const target = shape.slice(1);
  if (target.filter((dim) => dim === null).length > 1) {
    refuse(node, "several of its sizes are free.");
  }
  const config = { target_shape: target.map((dim) => dim ?? -1) };
  return emission.one(node, { className: "Reshape", config, shape, ...rest }, x);
}

/** Axes in another order; axis 0 stays. */
export function permuted(
  emission: LayersEmission,
  { node, ...rest }: StepPlace,
  x: TensorPlace,
  order: readonly number[],
): TensorPlace {
  const shape = order.map((axis) => x.shape[axis] ?? null);
  const config = { dims: order.slice(1) };
  return emission.one(node, { className: "Permute", config, shape, ...rest }, x);
}

/** `scale * x + offset` with two numbers. */
export function rescaled(
  emission: LayersEmission,
  { node, ...rest }: StepPlace,
  x: TensorPlace,
  scale: number,
  offset = 0,
): TensorPlace {
  const { shape } = x;
  const config = { scale, offset };
  return emission.one(node, { className: "Rescaling", config, shape, ...rest }, x);
}

/** An activation function of tfjs. */
export function activated(
  emission: LayersEmission,
  { node, ...rest }: StepPlace,
  x: TensorPlace,
  activation: string,
): TensorPlace {
  const { shape } = x;
  return emission.one(node, { className: "Activation", config: { activation }, shape, ...rest }, x);
}

/** `min(max(x, 0), ceiling)`, or only its first half. */
export function rectified(
  emission: LayersEmission,
  { node, ...rest }: StepPlace,
  x: TensorPlace,
  ceiling: number | null = null,
): TensorPlace {
  const { shape } = x;
  const config = { max_value: ceiling };
  return emission.one(node, { className: "ReLU", config, shape, ...rest }, x);
}

/** Several tensors of one shape to one, by a merging class. */
export function merged(
  emission: LayersEmission,
  { node, ...rest }: StepPlace,
  className: "Add" | "Average" | "Maximum" | "Minimum" | "Multiply",
  shape: readonly Dim[],
  ...inputs: readonly TensorPlace[]
): TensorPlace {
  return emission.one(node, { className, config: {}, shape, ...rest }, ...inputs);
}

/** The last axis multiplied by a matrix `[in, out]`. */
export function multiplied(
  emission: LayersEmission,
  { node, ...rest }: StepPlace,
  x: TensorPlace,
  kernel: WeightRef,
): TensorPlace {
  const units = kernel.shape[1] ?? 0;
  const config = { units, activation: "linear", use_bias: false };
  const shape = x.shape.with(-1, units);
  return emission.one(node, { className: "Dense", config, shape, weights: { kernel }, ...rest }, x);
}

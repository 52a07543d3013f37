import type { Node } from "../../../ir/graph.ts";
import type { Layout } from "../../../ir/ops/conv.ts";
import type { Dim } from "../../../ir/tensor.ts";
import type { LayersEmission, TensorPlace } from "./emission.ts";
import { permuted } from "./steps.ts";

/** Writes one layer on channels-last tensors; `shapeOf` is its output's shape for a number of channels. */
type Inner = (
  x: TensorPlace,
  place: { readonly step?: string },
  shapeOf: (channels: Dim) => readonly Dim[],
) => TensorPlace;

/** Runs `inner` between two permutations where channels come first: not all kernels of tfjs know that layout. */
export function inChannelsLast(
  node: Node,
  emission: LayersEmission,
  x: TensorPlace,
  layout: Layout,
  step: string | undefined,
  inner: Inner,
): TensorPlace {
  const named = step === undefined ? {} : { step };
  const output = emission.outputShape(node);
  if (layout === "channels-last") {
    return inner(x, named, (channels) => output.with(-1, channels));
  }
  const axes = x.shape.map((_, axis) => axis);
  const [batch = null, , ...spatial] = output;
  const prefix = step === undefined ? "" : `${step}_`;
  const order = [0, ...axes.slice(2), 1];
  const turned = permuted(emission, { node, step: `${prefix}to_last` }, x, order);
  const y = inner(turned, { step: `${prefix}last` }, (channels) => [batch, ...spatial, channels]);
  if (y.shape.length < 3) return y;
  const last = y.shape.length - 1;
  return permuted(emission, { node, ...named }, y, [0, last, ...axes.slice(1, last)]);
}

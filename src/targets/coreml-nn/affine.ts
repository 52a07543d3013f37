import type { WeightParams } from "../../formats/coreml/types.gen.ts";
import type { Node } from "../../ir/graph.ts";
import type { AffineOp } from "../../ir/ops/norm.ts";
import { readFloat64, sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { mapWeight } from "../../weights/map.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import { refuse } from "../refuse.ts";
import type { Emission } from "./emission.ts";
import { CHANNEL, HEIGHT, type Layout, WIDTH, withAxesAt } from "./layout.ts";
import type { LayerBody } from "./spec-version.ts";
import { linear } from "./steps.ts";

/** Constants that scale and shift: a number, a vector per channel, a plane or a block. */
export function emitAffine(node: Node<AffineOp>, emission: Emission): string {
  const { shape, layout } = emission.input(node);
  const scale = aligned(node.op.weights.scale, shape.length);
  const offset = aligned(node.op.weights.offset, shape.length);
  const axes = shape
    .map((_, axis) => axis)
    .filter((axis) => varies(scale, axis) || varies(offset, axis));
  if (axes.length === 0) {
    const alpha = scale === undefined ? 1 : (readFloat64(scale)[0] ?? 1);
    const beta = offset === undefined ? 0 : (readFloat64(offset)[0] ?? 0);
    return emission.write(node, layout).finish(linear(alpha, beta), emission.input(node).name);
  }
  if (axes.includes(0) || axes.length > 3) {
    refuse(
      node,
      `a constant that differs along ${axes.length} axes cannot be expressed: at most three, the batch not among them.`,
    );
  }
  const wanted = scaleLayout(layout, axes);
  const x = emission.read(node, wanted).name;
  return emission.write(node, wanted).finish(
    scaleBody(wanted, axes, { scale, offset }, (ref) => emission.weights(node, ref)),
    x,
  );
}

/** A layout in which constants along these one to three axes can be written: a channel vector, a plane or a block. */
export function scaleLayout(layout: Layout, axes: readonly number[]): Layout {
  const places = PLACES[axes.length] ?? [];
  const stands = axes.every((axis) => places.includes(layout[axis] ?? -1));
  return stands ? layout : withAxesAt(layout, axes, places);
}

/**
 * The layer that multiplies and adds constants varying along `axes`, in a `scaleLayout`. Constants have one
 * entry in their shape for every axis of the value.
 * @see NeuralNetwork.proto ScaleLayerParams, BiasLayerParams: [1], [C], [1, H, W] or [C, H, W]
 */
export function scaleBody(
  layout: Layout,
  axes: readonly number[],
  constants: { readonly scale?: WeightRef | undefined; readonly offset?: WeightRef | undefined },
  params: (ref: WeightRef) => WeightParams,
): LayerBody {
  const sizes = axes.map((axis) =>
    Math.max(constants.scale?.shape[axis] ?? 1, constants.offset?.shape[axis] ?? 1),
  );
  const place = (ref: WeightRef | undefined): WeightRef | undefined =>
    ref === undefined ? undefined : inPlace(ref, layout, axes, sizes);
  const scale = place(constants.scale);
  const offset = place(constants.offset);
  if (scale === undefined) {
    return offset === undefined
      ? linear(1)
      : { bias: { shape: offset.shape, bias: params(offset) } };
  }
  const bias =
    offset === undefined ? {} : { hasBias: true, shapeBias: offset.shape, bias: params(offset) };
  return { scale: { shapeScale: scale.shape, scale: params(scale), ...bias } };
}

const PLACES: readonly (readonly number[])[] = [
  [],
  [CHANNEL],
  [HEIGHT, WIDTH],
  [CHANNEL, HEIGHT, WIDTH],
];

/** The constant in the order of the blob, `[C]`, `[1, H, W]` or `[C, H, W]`; a number alone stays `[1]`. */
function inPlace(
  ref: WeightRef,
  layout: Layout,
  axes: readonly number[],
  sizes: readonly number[],
): WeightRef {
  if (sizeOf(ref.shape) === 1) return reshapeWeight(ref, [1]);
  const dims = axes.map((axis) => ref.shape[axis] ?? 1);
  const block = stretched(reshapeWeight(ref, dims), sizes);
  const placeOf = (index: number): number => layout[axes[index] ?? 0] ?? 0;
  const order = axes.map((_, index) => index).sort((a, b) => placeOf(a) - placeOf(b));
  const turned = transposeWeight(block, order);
  return axes.length === 2 ? reshapeWeight(turned, [1, ...turned.shape]) : turned;
}

/** With leading ones, so that entry i belongs to axis i of the value. */
function aligned(ref: WeightRef | undefined, rank: number): WeightRef | undefined {
  if (ref === undefined) return undefined;
  const lead = new Array<number>(rank - ref.shape.length).fill(1);
  return reshapeWeight(ref, [...lead, ...ref.shape]);
}

function varies(ref: WeightRef | undefined, axis: number): boolean {
  return ref !== undefined && ref.shape[axis] !== 1;
}

/** The constant stretched to one size, where it has another one's shape only in part. */
function stretched(ref: WeightRef, shape: readonly number[]): WeightRef {
  if (sizeOf(ref.shape) === sizeOf(shape)) return ref;
  return mapWeight(`stretch(${shape.join(",")})`, [ref], shape, (values = new Float64Array()) => {
    const result = new Float64Array(sizeOf(shape));
    for (let i = 0; i < result.length; i++) {
      let rest = i;
      let source = 0;
      let stride = 1;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const size = ref.shape[axis] ?? 1;
        source += (size === 1 ? 0 : rest % (shape[axis] ?? 1)) * stride;
        rest = Math.floor(rest / (shape[axis] ?? 1));
        stride *= size;
      }
      result[i] = values[source] ?? 0;
    }
    return result;
  });
}

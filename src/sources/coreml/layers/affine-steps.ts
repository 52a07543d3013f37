import type { ValueId } from "../../../ir/graph.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { constantWeight } from "../../../weights/constant.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { transposeWeight } from "../../../weights/transpose.ts";
import type { Blob } from "../blob.ts";
import type { LayerCall } from "../layer-call.ts";

/** `scale * value + offset` with constants in the value's own order of axes. */
export function emitScaled(
  call: LayerCall,
  value: ValueId,
  weights: { readonly scale?: WeightRef | undefined; readonly offset?: WeightRef | undefined },
): ValueId {
  const { scale, offset } = weights;
  const present = { ...(scale ? { scale } : {}), ...(offset ? { offset } : {}) };
  return call.emit({ kind: "affine", weights: present }, value);
}

/** `alpha * value + beta`; no step where that is the value itself. */
export function emitLinear(call: LayerCall, value: ValueId, alpha: number, beta: number): ValueId {
  if (alpha === 1 && beta === 0) return value;
  if (alpha === -1 && beta === 0)
    return call.emit({ kind: "unary", fn: "neg", weights: {} }, value);
  const number = (role: string, one: number): WeightRef =>
    constantWeight(call.constantId(role), [1], [one]);
  return emitScaled(call, value, {
    scale: alpha === 1 ? undefined : number("scale", alpha),
    offset: beta === 0 ? undefined : number("offset", beta),
  });
}

/**
 * A constant that lies along axes of a blob, counted from behind, in the order of the blob's value: one that broadcasts to it.
 * Undefined where it would enlarge the value.
 */
export function constantFor(
  call: LayerCall,
  constant: WeightRef,
  blob: Blob,
): WeightRef | undefined {
  const rank = blob.axes.length;
  if (constant.shape.length > rank && constant.shape.slice(0, -rank).some((dim) => dim !== 1))
    return undefined;
  const lead = new Array<number>(Math.max(0, rank - constant.shape.length)).fill(1);
  const shape = [...lead, ...constant.shape.slice(-rank)];
  const dims = call.dims(blob);
  const fits = shape.every(
    (dim, index) => dim === 1 || (dims[index] === dim && blob.axes[index]?.at !== undefined),
  );
  if (!fits) return undefined;
  if (shape.every((dim) => dim === 1)) return reshapeWeight(constant, [1]);
  const placed = blob.axes
    .map(({ at }, index) => ({ at, index }))
    .flatMap(({ at, index }) => (at === undefined ? [] : [{ at, index }]))
    .sort((a, b) => a.at - b.at)
    .map(({ index }) => index);
  const rest = shape.map((_, index) => index).filter((index) => !placed.includes(index));
  const turned = transposeWeight(reshapeWeight(constant, shape), [...rest, ...placed]);
  const sizes = placed.map((index) => shape[index] ?? 1);
  while (sizes.length > 1 && sizes[0] === 1) sizes.shift();
  return reshapeWeight(turned, sizes);
}

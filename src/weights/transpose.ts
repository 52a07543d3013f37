import { fail } from "../errors.ts";
import { formatShape, sizeOf, type WeightRef } from "../ir/tensor.ts";
import { closeSlab, openSlab } from "./slab.ts";

/**
 * The weight with its axes in another order: axis i of the result is axis `order[i]` of `ref`. Read from
 * front to back in strips of any length, each number is fetched once, while at most 80 MiB are held,
 * however large the weight is.
 */
export function transposeWeight(ref: WeightRef, order: readonly number[]): WeightRef {
  const sorted = [...order].sort((a, b) => a - b);
  if (sorted.length !== ref.shape.length || sorted.some((axis, index) => axis !== index)) {
    fail(
      "internal",
      `The axes of ${formatShape(ref.shape)} cannot be put in order (${order.join(", ")}).`,
    );
  }
  const shape = order.map((axis) => ref.shape[axis] ?? 1);
  const id = `${ref.id}|transpose(${order.join(",")})`;
  const result = { id, dtype: ref.dtype, shape };
  const { dims, perm } = mergeAxes(ref.shape, order);
  if (perm.length < 2) return { ...result, readInto: (target, at) => ref.readInto(target, at) };
  const plan = { ref, dims, perm, size: sizeOf(shape) };
  return {
    ...result,
    readInto(target, start) {
      let done = 0;
      while (done < target.length) {
        const slab = openSlab(plan, start + done, target);
        const from = start + done - slab.start;
        const count = Math.min(slab.size - from, target.length - done);
        target.set(slab.data.subarray(from, from + count), done);
        done += count;
      }
      if (start + done >= plan.size) closeSlab(plan);
    },
  };
}

/** Leaves out axes of size 1 and joins axes that stay neighbours, so that few remain. */
function mergeAxes(
  shape: readonly number[],
  order: readonly number[],
): { readonly dims: readonly number[]; readonly perm: readonly number[] } {
  const wide = order.filter((axis) => shape[axis] !== 1);
  const places = [...wide].sort((a, b) => a - b);
  const groups: { readonly first: number; size: number }[] = [];
  let expected = -1;
  for (const axis of wide) {
    const place = places.indexOf(axis);
    const last = groups.at(-1);
    if (last !== undefined && place === expected) last.size *= shape[axis] ?? 1;
    else groups.push({ first: place, size: shape[axis] ?? 1 });
    expected = place + 1;
  }
  const sorted = [...groups].sort((a, b) => a.first - b.first);
  return {
    dims: sorted.map((group) => group.size),
    perm: groups.map((group) => sorted.indexOf(group)),
  };
}

import type { NumericArray, WeightRef } from "../ir/tensor.ts";
import type { PermutedView } from "./permuted-copy.ts";
import { emptyLike, readRuns } from "./runs.ts";

/** A transposition: output axis i is source axis `perm[i]`; `dims` are the source's. */
export interface TransposePlan {
  readonly ref: WeightRef;
  readonly dims: readonly number[];
  readonly perm: readonly number[];
  readonly size: number;
}

/** A part of the source in memory: it holds the output elements `start … start + size`, permuted. */
export interface Slab extends PermutedView {
  readonly start: number;
  readonly size: number;
}

/** The slab with output element `position`. It stays in memory until others need the room. */
export function openSlab(plan: TransposePlan, position: number, like: NumericArray): Slab {
  const index = kept.findIndex((entry) => entry.plan === plan);
  const old = kept[index]?.slab;
  const fits = old !== undefined && old.data.BYTES_PER_ELEMENT === like.BYTES_PER_ELEMENT;
  if (fits && position >= old.start && position < old.start + old.size) return old;
  if (index >= 0) kept.splice(index, 1);
  const box = boxAt(plan, position, Math.floor(ROOM / like.BYTES_PER_ELEMENT));
  makeRoom(box.size * like.BYTES_PER_ELEMENT);
  const data = fits && old.data.length >= box.size ? old.data : emptyLike(like, box.size);
  const slab = fillSlab(plan, box, data);
  kept.push({ plan, slab });
  return slab;
}

/** Forgets the slab of a weight that was read to its end. */
export function closeSlab(plan: TransposePlan): void {
  const index = kept.findIndex((entry) => entry.plan === plan);
  if (index >= 0) kept.splice(index, 1);
}

/** Most bytes that all slabs together hold. */
const ROOM = 48 * 2 ** 20;

/** Oldest first. Shared by all weights, so that memory stays bounded however many are open. */
const kept: { readonly plan: TransposePlan; readonly slab: Slab }[] = [];

/** A part of the output that is a box in source axes. */
interface Box {
  readonly start: number;
  readonly size: number;
  /** First index and extent on each source axis. */
  readonly from: readonly number[];
  readonly extent: readonly number[];
}

function makeRoom(bytes: number): void {
  const held = (): number => kept.reduce((sum, { slab }) => sum + slab.data.byteLength, 0);
  while (kept.length > 0 && held() + bytes > ROOM) kept.shift();
}

/**
 * The largest aligned box of at most `room` elements around an output position: leading output axes
 * fixed, the next cut into equal ranges, the rest whole.
 */
function boxAt(plan: TransposePlan, position: number, room: number): Box {
  const from = plan.dims.map(() => 0);
  const extent = [...plan.dims];
  let start = 0;
  let unit = plan.size;
  for (const axis of plan.perm) {
    const dim = plan.dims[axis] ?? 1;
    unit /= dim;
    const index = Math.floor((position - start) / unit);
    const range = Math.min(dim, Math.max(1, Math.floor(room / unit)));
    const first = Math.floor(index / range) * range;
    from[axis] = first;
    extent[axis] = Math.min(range, dim - first);
    start += first * unit;
    if (unit <= room) break;
  }
  const size = extent.reduce((product, count) => product * count, 1);
  return { start, size, from, extent };
}

function fillSlab(plan: TransposePlan, box: Box, data: NumericArray): Slab {
  const { from, extent } = box;
  const strides = rowMajor(plan.dims);
  let axis = plan.dims.length - 1;
  let length = 1;
  while (axis > 0 && extent[axis] === plan.dims[axis]) length *= extent[axis--] ?? 1;
  length *= extent[axis] ?? 1;
  const start = from.reduce((sum, index, i) => sum + index * (strides[i] ?? 0), 0);
  readAxis(plan.ref, { extent, strides, axis, length }, 0, start, data, 0);
  const held = rowMajor(extent);
  return {
    start: box.start,
    size: box.size,
    data,
    dims: plan.perm.map((source) => extent[source] ?? 1),
    strides: plan.perm.map((source) => held[source] ?? 1),
  };
}

/** What `readAxis` walks: axes before `axis` one by one; from `axis` on a run of `length` is contiguous. */
interface Walk {
  readonly extent: readonly number[];
  readonly strides: readonly number[];
  readonly axis: number;
  readonly length: number;
}

/** Reads the box from source axis `depth` on; returns where in `data` the next element goes. */
function readAxis(
  ref: WeightRef,
  walk: Walk,
  depth: number,
  start: number,
  data: NumericArray,
  at: number,
): number {
  const { extent, strides, axis, length } = walk;
  const count = depth < axis ? (extent[depth] ?? 1) : 1;
  const stride = depth < axis ? (strides[depth] ?? 1) : length;
  if (depth >= axis - 1) {
    readRuns(ref, { start, length, count, stride }, data, at);
    return at + count * length;
  }
  let next = at;
  for (let index = 0; index < count; index++) {
    next = readAxis(ref, walk, depth + 1, start + index * stride, data, next);
  }
  return next;
}

function rowMajor(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let axis = dims.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  }
  return strides;
}

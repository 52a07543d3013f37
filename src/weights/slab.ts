import type { NumericArray } from "../ir/tensor.ts";
import { fillBox, type OutputBox, type Transposition } from "./fill-box.ts";
import { emptyLike } from "./runs.ts";

/** The output elements `start … start + size` of a transposition, in memory. `data` may be longer. */
export interface Slab {
  readonly start: number;
  readonly size: number;
  readonly data: NumericArray;
}

/** The slab with output element `position`. It stays in memory until others need the room. */
export function openSlab(plan: Transposition, position: number, like: NumericArray): Slab {
  const old = kept.find((entry) => entry.plan === plan)?.slab;
  const fits = old !== undefined && old.data.BYTES_PER_ELEMENT === like.BYTES_PER_ELEMENT;
  if (fits && position >= old.start && position < old.start + old.size) return old;
  closeSlab(plan);
  const box = boxAt(plan, position, Math.floor(ROOM / like.BYTES_PER_ELEMENT));
  const data = takeArray(like, box.size);
  fillBox(plan, box, data);
  const slab = { start: box.start, size: box.size, data };
  kept.push({ plan, slab });
  return slab;
}

/** Forgets the slab of a weight that was read to its end. */
export function closeSlab(plan: Transposition): void {
  const index = kept.findIndex((entry) => entry.plan === plan);
  if (index >= 0) release(index);
}

/** Most bytes that all slabs together hold. */
const ROOM = 80 * 2 ** 20;

/** Oldest first. Shared by all weights, so that memory stays bounded however many are open. */
const kept: { readonly plan: Transposition; readonly slab: Slab }[] = [];

/** The array of the last slab that was given up: the next one often fits in. */
let spare: NumericArray | undefined;

function release(index: number): void {
  const [entry] = kept.splice(index, 1);
  spare = entry?.slab.data;
}

function takeArray(like: NumericArray, size: number): NumericArray {
  const bytes = size * like.BYTES_PER_ELEMENT;
  const held = (): number => kept.reduce((sum, { slab }) => sum + slab.data.byteLength, 0);
  while (kept.length > 0 && held() + Math.max(bytes, spare?.byteLength ?? 0) > ROOM) release(0);
  const old = spare;
  spare = undefined;
  const fits = old?.BYTES_PER_ELEMENT === like.BYTES_PER_ELEMENT && old.length >= size;
  return fits ? old : emptyLike(like, size);
}

/**
 * The largest aligned box of at most `room` elements around an output position: leading output axes
 * fixed, the next cut into equal ranges, the rest whole.
 */
function boxAt(plan: Transposition, position: number, room: number): OutputBox {
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

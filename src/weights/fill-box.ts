import { type NumericArray, sizeOf, type WeightRef } from "../ir/tensor.ts";
import { emptyLike, readRuns } from "./runs.ts";
import { scatter } from "./scatter.ts";

/** A transposition: output axis i is source axis `perm[i]`; `dims` are the source's. */
export interface Transposition {
  readonly ref: WeightRef;
  readonly dims: readonly number[];
  readonly perm: readonly number[];
  readonly size: number;
}

/** A part of the source, given by first index and extent on each axis. */
interface Box {
  readonly from: readonly number[];
  readonly extent: readonly number[];
}

/** A box that holds the output elements `start … start + size` without gaps. */
export interface OutputBox extends Box {
  readonly start: number;
  readonly size: number;
}

/** Fills `data` with the output elements of the box. Each number of the source is fetched once. */
export function fillBox(plan: Transposition, box: OutputBox, data: NumericArray): void {
  const writes = writeStrides(plan.perm, box.extent);
  const step = pieceExtent(box.extent, writes);
  const piece = emptyLike(data, sizeOf(step));
  for (const { from, extent } of pieces(box, step)) {
    readBox(plan, { from, extent }, piece);
    const reads = rowMajor(extent);
    const axes = extent.map((count, axis) => ({
      count,
      read: reads[axis] ?? 1,
      write: writes[axis] ?? 1,
    }));
    const to = writes.reduce(
      (sum, write, axis) => sum + write * ((from[axis] ?? 0) - (box.from[axis] ?? 0)),
      0,
    );
    scatter(piece, axes, data, to);
  }
}

/** Numbers that are read before they are put in their places: they stay in the processor's cache. */
const PIECE = 1 << 16;

/** At most this part of a piece lies along the last axis of the source, so that others have a share. */
const LONGEST_RUN = 1 << 12;

/** How far neighbours on each source axis lie apart in the output box. */
function writeStrides(perm: readonly number[], extent: readonly number[]): readonly number[] {
  const strides = extent.map(() => 1);
  let stride = 1;
  for (const axis of perm.toReversed()) {
    strides[axis] = stride;
    stride *= extent[axis] ?? 1;
  }
  return strides;
}

/** A piece is long where the source is contiguous, then where the output is: both use whole cache lines. */
function pieceExtent(extent: readonly number[], writes: readonly number[]): readonly number[] {
  const result = extent.map(() => 1);
  const last = extent.length - 1;
  result[last] = Math.min(extent[last] ?? 1, LONGEST_RUN);
  let room = Math.floor(PIECE / (result[last] ?? 1));
  const others = extent.map((_, axis) => axis).slice(0, -1);
  others.sort((a, b) => (writes[a] ?? 0) - (writes[b] ?? 0));
  for (const axis of others) {
    result[axis] = Math.max(1, Math.min(extent[axis] ?? 1, room));
    room = Math.floor(room / (result[axis] ?? 1));
  }
  return result;
}

/** Cuts a box into pieces of at most `step`, row-major. */
function* pieces(box: Box, step: readonly number[], depth = 0): Generator<Box> {
  const count = box.extent[depth];
  if (count === undefined) {
    yield box;
    return;
  }
  const size = step[depth] ?? 1;
  for (let at = 0; at < count; at += size) {
    const from = box.from.with(depth, (box.from[depth] ?? 0) + at);
    const extent = box.extent.with(depth, Math.min(size, count - at));
    yield* pieces({ from, extent }, step, depth + 1);
  }
}

/** Reads a box of the source, row-major, without gaps. */
function readBox({ ref, dims }: Transposition, box: Box, data: NumericArray): void {
  const { from, extent } = box;
  const strides = rowMajor(dims);
  let axis = dims.length - 1;
  let length = 1;
  while (axis > 0 && extent[axis] === dims[axis]) length *= extent[axis--] ?? 1;
  length *= extent[axis] ?? 1;
  const start = from.reduce((sum, index, i) => sum + index * (strides[i] ?? 0), 0);
  readAxis(ref, { extent, strides, axis, length }, 0, start, data, 0);
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

import type { Taps } from "./filters.ts";
import type { Pixels } from "./pixels.ts";
import { KERNELS } from "./resample.gen.ts";
import { vectorKernels } from "./vector-kernels.ts";

/**
 * What `resampleRows` gives, four numbers at a time, which takes a tenth of the time; undefined where the machine has no
 * vectors, for other pictures than those of three channels, and for very large ones.
 */
export function rowsInVectors(
  picture: Pixels,
  taps: Taps,
  first: number,
  height: number,
): Pixels | undefined {
  const rowBytes = picture.width * 3;
  const width = taps.starts.length;
  const size = width * height * 3;
  if (picture.channels !== 3 || rowBytes * height + size > MOST_BYTES) return undefined;
  const source = picture.data.subarray(first * rowBytes, (first + height) * rowBytes);
  const data = run("rows", source, taps, size, [width, height, rowBytes]);
  return data && { width, height, channels: 3, data };
}

/** The same of `resampleColumns`, for any channels. */
export function columnsInVectors(picture: Pixels, taps: Taps, first: number): Pixels | undefined {
  const { width, channels, data: source } = picture;
  const rowBytes = width * channels;
  const height = taps.starts.length;
  const size = rowBytes * height;
  if (source.length + size > MOST_BYTES) return undefined;
  const data = run("columns", source, taps, size, [rowBytes, height, first]);
  return data && { width, height, channels, data };
}

/** Memory of WebAssembly never shrinks, so pictures beyond this take the slow way. */
const MOST_BYTES = 2 ** 25;

const openKernels = vectorKernels(KERNELS);

function run(
  kernel: "rows" | "columns",
  source: Uint8Array,
  { starts, counts, weights, stride }: Taps,
  size: number,
  numbers: readonly number[],
): Uint8Array | undefined {
  const kernels = openKernels();
  if (kernels === undefined) return undefined;
  const lengths = [source, starts, counts, weights].map(({ byteLength }) => byteLength);
  const [from = 0, startsAt = 0, countsAt = 0, weightsAt = 0, to = 0] = kernels.places([
    ...lengths,
    size,
  ]);
  const { memory } = kernels;
  new Uint8Array(memory, from, source.length).set(source);
  new Int32Array(memory, startsAt, starts.length).set(starts);
  new Int32Array(memory, countsAt, counts.length).set(counts);
  new Int32Array(memory, weightsAt, weights.length).set(weights);
  kernels.call(kernel, from, to, startsAt, countsAt, weightsAt, stride, ...numbers);
  return new Uint8Array(memory, to, size).slice();
}

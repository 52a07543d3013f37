import type { ResizeOp } from "../ir/ops/shape.ts";

type Interpolation = ResizeOp["interpolation"];
type Coordinates = ResizeOp["coordinates"];

/** Width of a kernel on either side of the sampled point, in input elements, and its value at a distance. */
interface Kernel {
  readonly reach: number;
  at(distance: number): number;
}

/**
 * The `to` by `from` matrix, row-major, that resizes one axis as `tf.image.resize` does without antialiasing.
 * @see tensorflow/core/kernels/image/scale_and_translate_op.cc and sampling_kernels.h: kernels are sampled around the
 * point and made to sum to 1 over the elements that exist
 */
export function samplingMatrix(
  interpolation: Interpolation,
  coordinates: Coordinates,
  from: number,
  to: number,
): Float64Array {
  const matrix = new Float64Array(to * from);
  for (let row = 0; row < to; row++) {
    const target = matrix.subarray(row * from, (row + 1) * from);
    const scale = from / to;
    const point = coordinates === "half-pixel" ? (row + 0.5) * scale : row * scale + 0.5;
    if (interpolation === "nearest") {
      const index = coordinates === "half-pixel" ? point : row * scale;
      target[Math.min(Math.floor(index), from - 1)] = 1;
    } else if (interpolation === "area") fillArea(target, row * scale, (row + 1) * scale);
    else if (interpolation === "bilinear") fillLinear(target, point - 0.5);
    else if (interpolation === "bicubic") fillKernel(target, inTable(point - 0.5), KERNELS.bicubic);
    else fillKernel(target, point - 0.5, KERNELS[interpolation]);
  }
  return matrix;
}

/** Whether a kernel changes the numbers even where the size stays. */
export function isSmoothing(interpolation: Interpolation): boolean {
  return interpolation === "gaussian" || interpolation === "mitchellcubic";
}

/**
 * TensorFlow looks the weights of bicubic up in a table of 1024 places between two elements.
 * @see tensorflow/core/kernels/image/resize_bicubic_op.cc `kTableSize`
 */
function inTable(point: number): number {
  return Math.round(point * 1024) / 1024;
}

/** Between two neighbours; beyond the border the border itself. */
function fillLinear(target: Float64Array, point: number): void {
  const clamped = Math.min(Math.max(point, 0), target.length - 1);
  const low = Math.floor(clamped);
  const share = clamped - low;
  target[low] = 1 - share;
  if (share > 0) target[low + 1] = share;
}

/** Each element by the share of it that lies between start and end. */
function fillArea(target: Float64Array, start: number, end: number): void {
  for (let index = Math.floor(start); index < Math.min(Math.ceil(end), target.length); index++) {
    target[index] = (Math.min(end, index + 1) - Math.max(start, index)) / (end - start);
  }
}

function fillKernel(target: Float64Array, point: number, kernel: Kernel): void {
  const first = Math.max(0, Math.ceil(point - kernel.reach));
  const last = Math.min(target.length - 1, Math.floor(point + kernel.reach));
  let sum = 0;
  for (let index = first; index <= last; index++) {
    const weight = kernel.at(Math.abs(index - point));
    target[index] = weight;
    sum += weight;
  }
  for (let index = first; index <= last; index++) target[index] = (target[index] ?? 0) / sum;
}

const KERNELS: Readonly<Record<Exclude<Interpolation, "nearest" | "area" | "bilinear">, Kernel>> = {
  bicubic: { reach: 2, at: (x) => keys(x) },
  mitchellcubic: { reach: 2, at: (x) => mitchell(x) },
  lanczos3: { reach: 3, at: (x) => lanczos(x, 3) },
  lanczos5: { reach: 5, at: (x) => lanczos(x, 5) },
  gaussian: { reach: 1.5, at: (x) => (x < 1.5 ? Math.exp((-x * x) / 0.5) : 0) },
};

/** Cubic convolution with a = -0.5, Keys 1981. */
function keys(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** The cubic of Mitchell and Netravali 1988 with B = C = 1/3. */
function mitchell(x: number): number {
  if (x < 1) return ((7 * x - 12) * x * x + 16 / 3) / 6;
  return x < 2 ? ((((-7 / 3) * x + 12) * x - 20) * x + 32 / 3) / 6 : 0;
}

function lanczos(x: number, radius: number): number {
  if (x >= radius) return 0;
  if (x === 0) return 1;
  const turn = Math.PI * x;
  return (radius * Math.sin(turn) * Math.sin(turn / radius)) / (turn * turn);
}

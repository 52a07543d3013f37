import type { Pixels } from "../pixels.ts";
import { type Layout, numberSteps, type PrepareOptions } from "../prepare.ts";
import type { Preprocessing } from "../preprocessing.ts";
import { type VectorKernels, vectorKernels } from "../vector-kernels.ts";
import { type AffineMatrix, affineMatrix } from "./affine-matrix.ts";
import type { FillOptions } from "./affine-transform.ts";
import { KERNELS } from "./augment.gen.ts";
import { startOf } from "./brightness.ts";
import { FILL_MODES, type TransformParameters } from "./generator.ts";

/** How a picture is changed and becomes the input of a network. */
export interface ChangedInput {
  readonly transform: TransformParameters;
  readonly fill: FillOptions;
  readonly prepare: PrepareOptions;
}

/**
 * What `applyTransform` and `prepareNumbers` give of a picture, two or four numbers at a time and without memory for what is between; into `target`
 * from `offset` on. False where it is not done: on machines without vectors, for other pictures than those of three channels, for very large ones,
 * and for matrices that lead very far away.
 */
export function changeInVectors(
  picture: Pixels,
  input: ChangedInput,
  target: Float32Array,
  offset: number,
): boolean {
  const { width, height, channels } = picture;
  const { transform, fill, prepare } = input;
  const matrix = affineMatrix(transform, picture, fill.version) ?? STAYS;
  if (channels !== 3 || width * height > MOST_PIXELS || isFar(matrix, picture)) return false;
  const kernels = openKernels();
  if (kernels === undefined) return false;
  const count = width * height * 3;
  const made = move(kernels, picture, matrix, input);
  const shift = shiftOf(kernels, { made, count }, transform);
  const brightness = brightnessOf(transform, fill, shift);
  const colors = colorSteps(kernels, prepare.preprocessing);
  const steps = shift.steps + brightness.steps + colors;
  const { added, least, most } = shift;
  const { start, range, factor } = brightness;
  kernels.call("finish", made, count, steps, COLORS, added, least, most, start, range, factor);
  const numbers = new Float32Array(kernels.memory, made, count);
  place(numbers, prepare.layout, target.subarray(offset, offset + count));
  return true;
}

const openKernels = vectorKernels(KERNELS);
const STAYS: AffineMatrix = [1, 0, 0, 0, 1, 0];
/** Memory of WebAssembly never shrinks. */
const MOST_PIXELS = 2 ** 21;
/** Up to here whole numbers and the periods of pictures are exact. */
const FAR = 2 ** 30;

/** Steps of the kernel `finish`. */
const STEPS = {
  shift: 1,
  brighten: 2,
  stretch: 4,
  stretchBack: 8,
  multiply: 16,
  divide: 32,
  add: 64,
  divideAgain: 128,
} as const;
/** Where the kernel's numbers for each colour are, and those of `extent`: at the beginning. */
const COLORS = 0;
const COLOR_NUMBERS = 12;
const EXTENT = 4 * COLOR_NUMBERS * 4;

/** Whether some pixel comes from so far away that places are not exact any more. */
function isFar([a, b, c, d, e, f]: AffineMatrix, { width, height }: Pixels): boolean {
  return [0, height - 1].some((y) =>
    [0, width - 1].some(
      (x) => !(Math.abs(a * y + b * x + c) < FAR && Math.abs(d * y + e * x + f) < FAR),
    ),
  );
}

/** Turned, shifted, sheared, zoomed and flipped, in the order of colours that the network wants; gives where it lies. */
function move(
  kernels: VectorKernels,
  { width, height, data }: Pixels,
  matrix: AffineMatrix,
  { transform, fill, prepare }: ChangedInput,
): number {
  const [, made = 0, source = 0, spread = 0, scratch = 0] = kernels.places([
    EXTENT + 8,
    width * height * 12,
    data.length,
    (width + 2) * (height + 2) * 4,
    (width + 1) * 20,
  ]);
  new Uint8Array(kernels.memory, source, data.length).set(data);
  const mode = FILL_MODES.indexOf(fill.fillMode);
  const isLater = fill.version === "keras-2.9";
  const repeats = fill.fillMode === "reflect" && isLater ? 1 : 0;
  const blueFirst = prepare.preprocessing.colorOrder === "bgr" ? 1 : 0;
  kernels.call("spread", source, spread, width, height, repeats, blueFirst);
  const aside = transform.flipHorizontal ? -12 : 12;
  const down = (transform.flipVertical ? -12 : 12) * width;
  const sizes = [width, height, mode, repeats, fill.cval, aside, down];
  kernels.call("affine", spread, made, scratch, ...sizes, ...matrix);
  return made;
}

interface Shift {
  readonly steps: number;
  readonly added: number;
  /** The smallest and the largest number, before the shift and after it; 0 where nobody asks. */
  readonly least: number;
  readonly most: number;
}

/** Numbers in the memory of the kernels. */
interface Made {
  readonly made: number;
  readonly count: number;
}

function shiftOf(
  kernels: VectorKernels,
  { made, count }: Made,
  { channelShiftIntensity: intensity, brightness }: TransformParameters,
): Shift {
  if (intensity === undefined && brightness === undefined) {
    return { steps: 0, added: 0, least: 0, most: 0 };
  }
  kernels.call("extent", made, count, EXTENT);
  const [least = 0, most = 0] = new Float32Array(kernels.memory, EXTENT, 2);
  return {
    steps: intensity === undefined ? 0 : STEPS.shift,
    added: Math.fround(intensity ?? 0),
    least,
    most,
  };
}

interface Brightness {
  readonly steps: number;
  readonly start: number;
  readonly range: number;
  readonly factor: number;
}

/** @see `shiftBrightness` */
function brightnessOf(
  { brightness }: TransformParameters,
  { version }: FillOptions,
  shift: Shift,
): Brightness {
  if (brightness === undefined) return { steps: 0, start: 0, range: 0, factor: 0 };
  const [low, high] = [shifted(shift.least, shift), shifted(shift.most, shift)];
  const isOld = version !== "keras-2.9";
  const stretches = isOld || low < 0 || high > 255;
  const start = startOf(low, version);
  const stretch = stretches ? STEPS.stretch : 0;
  const back = stretches && !isOld ? STEPS.stretchBack : 0;
  return {
    steps: STEPS.brighten + stretch + back,
    start,
    range: Math.fround(high - start),
    factor: Math.fround(brightness),
  };
}

function shifted(value: number, { added, least, most }: Shift): number {
  return Math.fround(Math.min(most, Math.max(least, value + added)));
}

/** Writes for each step of a preprocessing what the colours have, in the order of the network, four times; says which steps there are. */
function colorSteps(kernels: VectorKernels, preprocessing: Preprocessing): number {
  const { factors, divisors, added, deviations } = numberSteps(preprocessing);
  const order = preprocessing.colorOrder === "bgr" ? [2, 1, 0] : [0, 1, 2];
  const rows = [
    [STEPS.multiply, factors],
    [STEPS.divide, divisors],
    [STEPS.add, added],
    [STEPS.divideAgain, deviations],
  ] as const;
  let steps = 0;
  for (const [row, [step, values]] of rows.entries()) {
    if (values === undefined) continue;
    steps += step;
    const at = COLORS + row * COLOR_NUMBERS * 4;
    const numbers = new Float32Array(kernels.memory, at, COLOR_NUMBERS);
    for (let i = 0; i < COLOR_NUMBERS; i++) numbers[i] = values[order[i % 3] ?? 0] ?? 0;
  }
  return steps;
}

function place(numbers: Float32Array, layout: Layout | undefined, target: Float32Array): void {
  if (layout !== "channels-first") {
    target.set(numbers);
    return;
  }
  const pixels = numbers.length / 3;
  for (let channel = 0, to = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) target[to++] = numbers[pixel * 3 + channel] ?? 0;
  }
}

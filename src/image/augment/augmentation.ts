import { fail } from "../../errors.ts";
import type { Random } from "../../random.ts";
import {
  FILL_MODES,
  type FillMode,
  type GeneratorVersion,
  type TransformParameters,
} from "./generator.ts";

/**
 * How far pictures are shifted at random. A number below 1 is a part of the picture's width or height, any other one pixels;
 * `whole` means whole pixels only, which Keras takes an integer for: from 0 up to one less, to either side. Of a list, Keras takes
 * one at random, to either side; if all are below 1, they are parts.
 */
export type ShiftRange =
  | number
  | { readonly whole: number }
  | { readonly oneOf: readonly number[] };

/** The random changes of `ImageDataGenerator`, with its names, and its defaults where one is left out. */
export interface AugmentationOptions {
  /** Degrees to either side. */
  readonly rotationRange?: number;
  readonly widthShiftRange?: ShiftRange;
  readonly heightShiftRange?: ShiftRange;
  /** Degrees to either side. */
  readonly shearRange?: number;
  /** A number is `[1 - number, 1 + number]`; rows and columns are zoomed independently. */
  readonly zoomRange?: number | readonly [low: number, high: number];
  /** Levels up or down. */
  readonly channelShiftRange?: number;
  /** Factors of Pillow's brightness. */
  readonly brightnessRange?: readonly [low: number, high: number];
  readonly horizontalFlip?: boolean;
  readonly verticalFlip?: boolean;
  /** `nearest` by default. */
  readonly fillMode?: FillMode;
  /** What `constant` fills with; 0 by default. */
  readonly cval?: number;
  /** `keras-preprocessing` by default. */
  readonly version?: GeneratorVersion;
}

/** Random changes of pictures, checked and complete. */
export interface Augmentation {
  readonly rotationRange: number;
  readonly widthShiftRange: ShiftRange;
  readonly heightShiftRange: ShiftRange;
  readonly shearRange: number;
  readonly zoomRange: readonly [low: number, high: number];
  readonly channelShiftRange: number;
  readonly brightnessRange: readonly [low: number, high: number] | undefined;
  readonly horizontalFlip: boolean;
  readonly verticalFlip: boolean;
  readonly fillMode: FillMode;
  readonly cval: number;
  readonly version: GeneratorVersion;
}

const DEFAULTS: Augmentation = {
  rotationRange: 0,
  widthShiftRange: 0,
  heightShiftRange: 0,
  shearRange: 0,
  zoomRange: [1, 1],
  channelShiftRange: 0,
  brightnessRange: undefined,
  horizontalFlip: false,
  verticalFlip: false,
  fillMode: "nearest",
  cval: 0,
  version: "keras-preprocessing",
};

/** Completes and checks what the user says. Throws `bad-option`, also for options that Keras has and that are not done here. */
export function parseAugmentation(options: AugmentationOptions): Augmentation {
  for (const name of Object.keys(options)) {
    if (!(name in DEFAULTS)) refuseName(name);
  }
  const { zoomRange = 0 } = options;
  const made: Augmentation = {
    ...DEFAULTS,
    ...options,
    zoomRange: typeof zoomRange === "number" ? [1 - zoomRange, 1 + zoomRange] : zoomRange,
  };
  const { rotationRange, shearRange, channelShiftRange, brightnessRange, cval } = made;
  const single = { rotationRange, shearRange, channelShiftRange, cval };
  for (const [name, value] of Object.entries(single)) checkNumbers(name, [value]);
  checkNumbers("zoomRange", made.zoomRange);
  if (brightnessRange !== undefined) checkFactors("brightnessRange", brightnessRange);
  checkFactors("zoomRange", made.zoomRange);
  checkShift("widthShiftRange", made.widthShiftRange);
  checkShift("heightShiftRange", made.heightShiftRange);
  if (FILL_MODES.includes(made.fillMode)) return made;
  return fail("bad-option", `fillMode is "${made.fillMode}", expected ${FILL_MODES.join(", ")}.`);
}

/** Whether every picture stays as it is. */
export function isIdentity(made: Augmentation): boolean {
  const { zoomRange, brightnessRange, horizontalFlip, verticalFlip } = made;
  return (
    [made.rotationRange, made.shearRange, made.channelShiftRange].every((range) => range === 0) &&
    [made.widthShiftRange, made.heightShiftRange].every((range) => range === 0) &&
    zoomRange.every((zoom) => zoom === 1) &&
    brightnessRange === undefined &&
    !horizontalFlip &&
    !verticalFlip
  );
}

/**
 * What happens to one picture of such a size: `get_random_transform`. Every number has its place in the row, so that turning
 * one change on or off leaves the others as they were.
 */
export function drawTransform(
  made: Augmentation,
  { width, height }: { readonly width: number; readonly height: number },
  random: Random,
): TransformParameters {
  const { rotationRange, shearRange, zoomRange, channelShiftRange, brightnessRange } = made;
  const theta = between(-rotationRange, rotationRange, random());
  const tx = shiftOf(made.heightShiftRange, height, random(), random());
  const ty = shiftOf(made.widthShiftRange, width, random(), random());
  const shear = between(-shearRange, shearRange, random());
  const zx = between(...zoomRange, random());
  const zy = between(...zoomRange, random());
  const flipHorizontal = random() < 0.5 && made.horizontalFlip;
  const flipVertical = random() < 0.5 && made.verticalFlip;
  const shifted = between(-channelShiftRange, channelShiftRange, random());
  const level = random();
  return {
    theta,
    tx,
    ty,
    shear,
    zx,
    zy,
    flipHorizontal,
    flipVertical,
    channelShiftIntensity: channelShiftRange === 0 ? undefined : shifted,
    brightness: brightnessRange && between(...brightnessRange, level),
  };
}

/** numpy's `uniform`; without a range exactly its one number, where Keras leaves the step out. */
function between(low: number, high: number, random: number): number {
  return low === high ? low : low + (high - low) * random;
}

/** @see keras_preprocessing/image/image_data_generator.py `get_random_transform`: `np.random.choice`, else `uniform` */
function shiftOf(range: ShiftRange, size: number, choice: number, side: number): number {
  if (typeof range === "number") {
    const shift = between(-range, range, choice);
    return range < 1 ? shift * size : shift;
  }
  const sign = side < 0.5 ? -1 : 1;
  if ("whole" in range) return Math.floor(range.whole * choice) * sign;
  const shift = (range.oneOf[Math.floor(range.oneOf.length * choice)] ?? 0) * sign;
  return Math.max(...range.oneOf) < 1 ? shift * size : shift;
}

function checkShift(name: string, range: ShiftRange): void {
  if (typeof range === "number") checkNumbers(name, [range]);
  else if ("oneOf" in range) checkNumbers(name, range.oneOf);
  else if (!Number.isSafeInteger(range.whole) || range.whole < 0) {
    fail("bad-option", `${name} is ${range.whole} pixels, expected a whole number.`);
  }
}

function checkNumbers(name: string, values: readonly number[]): void {
  if (values.length > 0 && values.every(Number.isFinite)) return;
  fail("bad-option", `${name} is ${values.join(", ")}, expected finite numbers.`);
}

function checkFactors(name: string, [low, high]: readonly [number, number]): void {
  checkNumbers(name, [low, high]);
  if (low >= 0 && low <= high) return;
  fail(
    "bad-option",
    `${name} is from ${low} to ${high}, expected two factors, the smaller one first.`,
  );
}

function refuseName(name: string): never {
  if (name.toLowerCase().startsWith("zca")) {
    return fail("unsupported", `${name}: pictures are not whitened here.`, {
      hint: "Models that were trained so need the same matrix for every prediction; train without it.",
    });
  }
  return fail("bad-option", `"${name}" is no option of augmentation.`, {
    hint: `Known: ${Object.keys(DEFAULTS).join(", ")}.`,
  });
}

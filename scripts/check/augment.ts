// npm run check:augment [-- SEED COUNT]: changes pictures as the ImageDataGenerators of Keras 2.2 and of Keras 3 do.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FillOptions } from "../../src/image/augment/affine-transform.ts";
import { applyTransform } from "../../src/image/augment/apply-transform.ts";
import { changeInVectors } from "../../src/image/augment/augment-vectors.ts";
import {
  type AugmentationOptions,
  drawTransform,
  parseAugmentation,
  type ShiftRange,
} from "../../src/image/augment/augmentation.ts";
import type { FloatPixels } from "../../src/image/augment/float-pixels.ts";
import {
  type FillMode,
  type GeneratorVersion,
  IDENTITY,
  type TransformParameters,
} from "../../src/image/augment/generator.ts";
import { standardize } from "../../src/image/augment/standardize.ts";
import { PRESETS } from "../../src/image/preprocessing.ts";
import { randomAt } from "../../src/random.ts";
import { conclude } from "./conclude.ts";
import { type Environment, KERAS_3, KERAS_PREPROCESSING } from "./environments.ts";
import { emptyFolder, installable, runPython } from "./python.ts";

type Settings = Readonly<Record<string, number | boolean | readonly number[]>>;

interface Told {
  readonly program: string;
  readonly version: GeneratorVersion;
  readonly transforms: readonly {
    readonly shape: readonly [height: number, width: number, channels: 1 | 3 | 4];
    readonly input: string;
    readonly output: string;
    readonly fill_mode: FillMode;
    readonly cval: number;
    readonly parameters: Settings;
  }[];
  readonly draws: readonly {
    readonly settings: Settings;
    readonly columns: Readonly<Record<string, string>>;
  }[];
  readonly standardized: readonly {
    readonly settings: Settings;
    readonly shape: readonly [height: number, width: number, channels: 1 | 3 | 4];
    readonly input: string;
    readonly output: string;
  }[];
}

/** How far two distributions of 20,000 draws may lie apart: chance alone exceeds it once in a million. */
const FARTHEST = 0.027;

/**
 * A place on the very edge of a picture is within or beyond by the last bit of a product, which the processor decides;
 * `constant` and `wrap` leap there. So each number is compared with those of pictures shifted by a hair, too.
 */
const HAIRS = [0, 1e-10, -1e-10].flatMap((tx) => [0, 1e-10, -1e-10].map((ty) => [tx, ty] as const));

const [seed = "1", count = "2000"] = process.argv.slice(2);
const wrong: string[] = [];
let compared = 0;
for (const environment of installable([...KERAS_PREPROCESSING, KERAS_3])) check(environment);
conclude(compared, `cases are as in Keras (seed ${seed})`, wrong);

function check(environment: Environment): void {
  const folder = emptyFolder(`augment-${environment.name}`);
  const args = [folder, seed, count];
  const told: Told = JSON.parse(runPython(environment, "augment.py", args));
  const read = (file: string): Float32Array => {
    const bytes = readFileSync(join(folder, file));
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  };
  const before = wrong.length;
  const exact = checkTransforms(told, read);
  checkDraws(told, read);
  checkStandardized(told, read);
  const columns = told.draws.flatMap((draw) => Object.keys(draw.columns));
  const cases = told.transforms.length + columns.length + told.standardized.length;
  compared += cases;
  console.log(
    `${told.program}: ${cases} cases (seed ${seed}), ${exact} of ${told.transforms.length} pictures bit for bit, ${wrong.length - before} wrong`,
  );
}

/** How many are equal bit for bit; differences above a thousandth of a level are wrong. */
function checkTransforms(told: Told, read: (file: string) => Float32Array): number {
  let exact = 0;
  for (const item of told.transforms) {
    const [height, width, channels] = item.shape;
    const picture: FloatPixels = { width, height, channels, data: read(item.input) };
    const parameters = { ...IDENTITY, ...inOurWords<TransformParameters>(item.parameters) };
    const { fill_mode: fillMode, cval } = item;
    const made = HAIRS.map(
      ([tx, ty]) =>
        applyTransform(
          picture,
          { ...parameters, tx: parameters.tx + tx, ty: parameters.ty + ty },
          { fillMode, cval, version: told.version },
        ).data,
    );
    const wanted = read(item.output);
    const vectors = inVectors(picture, parameters, { fillMode, cval, version: told.version });
    if (vectors !== undefined && distance([vectors], made[0] ?? vectors)[0] > 0) {
      wrong.push(`${told.program}: vectors differ from the plain loops: ${JSON.stringify(item)}`);
    }
    const [different] = distance(made.slice(0, 1), wanted);
    if (different === 0) exact += 1;
    const [, most] = distance(made, wanted);
    if (most < 1e-3) continue;
    wrong.push(
      `${told.program}: ${different} numbers differ by up to ${most}: ${JSON.stringify(item)}`,
    );
  }
  return exact;
}

/** What the kernels make of it; undefined for pictures that are not theirs. */
function inVectors(
  { data, ...picture }: FloatPixels,
  transform: TransformParameters,
  fill: FillOptions,
): Float32Array | undefined {
  const made = new Float32Array(data.length);
  const pixels = { ...picture, data: Uint8Array.from(data) };
  if (data.some((value, index) => value !== pixels.data[index])) return undefined;
  const prepare = { preprocessing: PRESETS.none };
  return changeInVectors(pixels, { transform, fill, prepare }, made, 0) ? made : undefined;
}

function checkDraws(told: Told, read: (file: string) => Float32Array): void {
  for (const { settings, columns } of told.draws) {
    const options = inOurWords<AugmentationOptions>(settings);
    const { widthShiftRange, heightShiftRange } = settings;
    const augmentation = parseAugmentation({
      ...options,
      ...shiftOf("widthShiftRange", settings.width_shift_range ?? widthShiftRange),
      ...shiftOf("heightShiftRange", settings.height_shift_range ?? heightShiftRange),
    });
    for (const [name, file] of Object.entries(columns)) {
      const theirs = read(file).toSorted();
      const key = camelCase(name);
      const ours = Float32Array.from(theirs, (_, item) => {
        const random = randomAt(Number(seed), { purpose: "augmentation", item });
        const drawn = drawTransform(augmentation, { width: 60, height: 40 }, random);
        return Number(Object.entries(drawn).find(([own]) => own === key)?.[1] ?? 0);
      }).toSorted();
      const apart = farthestApart(ours, theirs);
      if (apart > FARTHEST) {
        wrong.push(
          `${told.program}: ${name} of ${JSON.stringify(settings)} is drawn otherwise, by ${apart}`,
        );
      }
    }
  }
}

function checkStandardized(told: Told, read: (file: string) => Float32Array): void {
  for (const item of told.standardized) {
    const [height, width, channels] = item.shape;
    const { rescale, samplewise_center, samplewise_std_normalization } = item.settings;
    const picture = { width, height, channels, data: read(item.input) };
    const numbers = picture.data.map((value) => value * Math.fround(Number(rescale ?? 1)));
    const deviation = samplewise_std_normalization === true;
    const made = standardize(
      numbers,
      deviation ? "deviation" : samplewise_center === true ? "center" : "none",
    );
    const [, most] = distance([made], read(item.output));
    if (!(most < 1e-4))
      wrong.push(`${told.program}: standardized ${JSON.stringify(item)}: ${most}`);
  }
}

function shiftOf(
  name: "widthShiftRange" | "heightShiftRange",
  value: Settings[string] | undefined,
) {
  if (value === undefined || typeof value === "boolean") return {};
  // JSON has no integers: 1.0 arrives as 1, and its case is told by the height alone.
  const isWhole =
    typeof value === "number" &&
    value >= 1 &&
    name === "widthShiftRange" &&
    Number.isInteger(value);
  const range: ShiftRange =
    typeof value !== "number" ? { oneOf: value } : isWhole ? { whole: value } : value;
  return { [name]: range };
}

function inOurWords<T>(settings: Settings): Partial<T> {
  return JSON.parse(
    JSON.stringify(
      Object.fromEntries(Object.entries(settings).map(([name, value]) => [camelCase(name), value])),
    ),
  );
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** How many numbers are in none of what was made, and how far the farthest lies from the nearest. */
function distance(
  made: readonly Float32Array[],
  wanted: Float32Array,
): readonly [different: number, most: number] {
  let [different, most] = [0, 0];
  wanted.forEach((value, i) => {
    const apart = Math.min(...made.map((one) => Math.abs(value - (one[i] ?? Number.NaN))));
    if (apart !== 0) different += 1;
    most = apart > most || Number.isNaN(apart) ? apart : most;
  });
  return made.every(({ length }) => length === wanted.length) ? [different, most] : [0, Number.NaN];
}

/** The statistic of Kolmogorov and Smirnov for two sorted samples of one size. */
function farthestApart(a: Float32Array, b: Float32Array): number {
  let [i, j, most] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < a.length && (a[i] ?? 0) <= value) i += 1;
    while (j < b.length && (b[j] ?? 0) <= value) j += 1;
    most = Math.max(most, Math.abs(i - j) / a.length);
  }
  return most;
}

import { fail } from "../../errors.ts";
import type { Preprocessing } from "../../image/preprocessing.ts";
import {
  checkOptions,
  FLAG,
  isRecord,
  LABELS,
  listOf,
  NAME,
  NAMES,
  type OptionCheck,
  oneOf,
  TEXT,
  TEXTS,
} from "../option-checks.ts";

/**
 * What `coremltools.converters.keras.convert` took, under the same names in camel case, and the description of the model. All
 * optional.
 */
export interface CoreMLOptions {
  /** Default `input1`, `input2`, … */
  readonly inputNames?: readonly string[];
  /** Default `output1`, `output2`, … */
  readonly outputNames?: readonly string[];
  /** Inputs that take a picture instead of an array, by their names in the Core ML model. */
  readonly imageInputNames?: readonly string[];
  /** The network sees blue, green, red. */
  readonly isBgr?: boolean;
  /** Added to each pixel after the scale, by colour. */
  readonly redBias?: number;
  readonly greenBias?: number;
  readonly blueBias?: number;
  /** The same for pictures of one channel. */
  readonly grayBias?: number;
  /** Multiplies each pixel, 0–255, first. One number, or one for each image input by name. */
  readonly imageScale?: number | Readonly<Record<string, number>>;
  /** Scale, bias and channel order in one, as a preset gives them: for all image inputs, or by name. Excludes the six above. */
  readonly preprocessing?: Preprocessing | Readonly<Record<string, Preprocessing>>;
  /** One label for each score, in their order: strings, or whole numbers. Makes a classifier. */
  readonly classLabels?: readonly string[] | readonly number[];
  /** Name of the output with the predicted label. Default `classLabel`. */
  readonly predictedFeatureName?: string;
  /** Which output holds the probabilities. Default the first. */
  readonly predictedProbabilitiesOutput?: string;
  /** Labels for a network with one sigmoid output p: its scores become `[1 - p, p]`. */
  readonly binaryLabels?: readonly [no: string, yes: string];
  /** How weights are stored. Default `float32`. */
  readonly modelPrecision?: "float32" | "float16";
  /** Type of the arrays that go in and out. Default `float32`; coremltools wrote `double`. */
  readonly arrayType?: "float32" | "double";
  /** Layers that Keras would train become trainable on the device, with the loss and optimizer of the file. */
  readonly respectTrainable?: boolean;
  /** Layers that are not known become placeholders for classes of the app. */
  readonly customLayers?: boolean;
  readonly author?: string;
  readonly license?: string;
  readonly shortDescription?: string;
  readonly modelVersion?: string;
  /** Free keys of the metadata. */
  readonly userDefined?: Readonly<Record<string, string>>;
  readonly inputDescriptions?: Readonly<Record<string, string>>;
  readonly outputDescriptions?: Readonly<Record<string, string>>;
}

/** The same with defaults. */
export type Settings = CoreMLOptions & Required<Pick<CoreMLOptions, keyof typeof DEFAULTS>>;

const DEFAULTS = {
  predictedFeatureName: "classLabel",
  modelPrecision: "float32",
  arrayType: "float32",
  isBgr: false,
  respectTrainable: false,
  customLayers: false,
} as const satisfies CoreMLOptions;

/** Checks every option by itself. Throws `bad-option`. */
export function parseOptions(options: CoreMLOptions): Settings {
  checkOptions(options, CHECKS, "writeCoreML");
  checkTogether(options);
  return { ...DEFAULTS, ...defined(options) };
}

const NUMBER: OptionCheck = { expected: "a number", holds: (value) => Number.isFinite(value) };

const CHECKS: ReadonlyMap<string, OptionCheck> = new Map<string, OptionCheck>([
  ["inputNames", NAMES],
  ["outputNames", NAMES],
  ["imageInputNames", NAMES],
  ["isBgr", FLAG],
  ["redBias", NUMBER],
  ["greenBias", NUMBER],
  ["blueBias", NUMBER],
  ["grayBias", NUMBER],
  [
    "imageScale",
    {
      expected: "a number, or numbers by input name",
      holds: (value) =>
        NUMBER.holds(value) || (isRecord(value) && Object.values(value).every(NUMBER.holds)),
    },
  ],
  [
    "preprocessing",
    {
      expected: "a preprocessing, or preprocessings by input name",
      holds: (value) =>
        isPreprocessing(value) || (isRecord(value) && Object.values(value).every(isPreprocessing)),
    },
  ],
  ["classLabels", LABELS],
  ["predictedFeatureName", NAME],
  ["predictedProbabilitiesOutput", NAME],
  [
    "binaryLabels",
    {
      expected: "two different labels, no and yes",
      holds: (value) =>
        NAMES.holds(value) && new Set(listOf(value)).size === 2 && listOf(value).length === 2,
    },
  ],
  ["modelPrecision", oneOf("float32", "float16")],
  ["arrayType", oneOf("float32", "double")],
  ["respectTrainable", FLAG],
  ["customLayers", FLAG],
  ["author", TEXT],
  ["license", TEXT],
  ["shortDescription", TEXT],
  ["modelVersion", TEXT],
  ["userDefined", TEXTS],
  ["inputDescriptions", TEXTS],
  ["outputDescriptions", TEXTS],
]);

function checkTogether(options: CoreMLOptions): void {
  const pixels = PIXEL_KEYS.filter((key) => options[key] !== undefined && options[key] !== false);
  const images = options.imageInputNames ?? [];
  const asked = options.preprocessing === undefined ? pixels : [...pixels, "preprocessing"];
  if (images.length === 0 && asked.length > 0) {
    fail("bad-option", `No input takes a picture, which these concern: ${asked.join(", ")}.`, {
      hint: "Name the inputs that take a picture: imageInputNames.",
    });
  }
  if (options.preprocessing !== undefined && pixels.length > 0) {
    fail("bad-option", `preprocessing and ${pixels.join(", ")} exclude each other.`);
  }
  if (options.classLabels !== undefined && options.binaryLabels !== undefined) {
    fail("bad-option", "classLabels and binaryLabels exclude each other.");
  }
}

const PIXEL_KEYS = ["isBgr", "redBias", "greenBias", "blueBias", "grayBias", "imageScale"] as const;

function defined(options: CoreMLOptions): CoreMLOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function isPreprocessing(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const colors = [value.scale, value.bias].every(
    (list) => listOf(list).length === 3 && listOf(list).every(NUMBER.holds),
  );
  return colors && oneOf("rgb", "bgr").holds(value.colorOrder);
}

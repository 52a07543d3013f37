import { fail } from "../errors.ts";
import { readText } from "../io/node.ts";
import type { ReadKerasOptions } from "../sources/keras/index.ts";
import type { CoreMLOptions } from "../targets/coreml-nn/index.ts";
import { loadClassLabels } from "./class-labels.ts";
import { loadCustomLayers } from "./custom-layers.ts";
import type { FlagReader } from "./flag-reader.ts";
import { parseShapes } from "./parse-values.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const TEXTS = [
  "author",
  "license",
  "shortDescription",
  "modelVersion",
  "predictedFeatureName",
  "predictedProbabilitiesOutput",
] as const;
const LISTS = ["inputNames", "outputNames", "imageInputNames"] as const;
const NUMBERS = ["redBias", "greenBias", "blueBias", "grayBias"] as const;
const PAIRS = [
  ["userDefined", "userDefined"],
  ["inputDescription", "inputDescriptions"],
  ["outputDescription", "outputDescriptions"],
] as const;

/**
 * What the options say about reading the model. Loads the files that they name. `backendKey` is the option with the backend
 * that trained the file: where another one runs the model, `--backend` is that one's.
 */
export async function readOptions(
  flags: FlagReader,
  backendKey: "backend" | "kerasBackend" = "backend",
): Promise<ReadKerasOptions> {
  const options: Writable<ReadKerasOptions> = {};
  const architecture = flags.text("architecture");
  if (architecture !== undefined) options.architecture = readText(architecture);
  const shapes = flags.texts("inputShape");
  if (shapes.length > 0) options.inputShapes = parseShapes("--input-shape", shapes);
  const backend = flags.text(backendKey);
  if (backend !== undefined) options.backend = backend;
  const custom = flags.text("custom");
  if (custom !== undefined) options.customLayers = await loadCustomLayers(custom);
  if (flags.has("addCustomLayers")) options.placeholders = true;
  return options;
}

/** What the options say about the Core ML model; pictures' presets apart. Loads the class labels. */
export function coreMLOptions(flags: FlagReader): CoreMLOptions {
  const options: Writable<CoreMLOptions> = {};
  for (const key of TEXTS) {
    const text = flags.text(key);
    if (text !== undefined) options[key] = text;
  }
  for (const key of LISTS) {
    const list = flags.list(key);
    if (list !== undefined) options[key] = list;
  }
  for (const key of NUMBERS) {
    const number = flags.number(key);
    if (number !== undefined) options[key] = number;
  }
  for (const [key, name] of PAIRS) {
    const pairs = flags.pairs(key);
    if (pairs !== undefined) options[name] = pairs;
  }
  const scale = flags.numberByName("imageScale");
  if (scale !== undefined) options.imageScale = scale;
  const precision = flags.oneOf("modelPrecision", ["float32", "float16"]);
  if (precision !== undefined) options.modelPrecision = precision;
  // Beside a preset it changes the preset's own order of colours.
  if (flags.has("isBgr") && !flags.has("preprocess")) options.isBgr = true;
  if (flags.has("respectTrainable")) options.respectTrainable = true;
  if (flags.has("addCustomLayers")) options.customLayers = true;
  addArrayType(options, flags);
  addLabels(options, flags);
  return options;
}

function addArrayType(options: Writable<CoreMLOptions>, flags: FlagReader): void {
  const float = flags.has("useFloatArraytype");
  const double = flags.has("useDoubleArraytype");
  if (float && double) {
    fail("bad-option", "--use-float-arraytype and --use-double-arraytype exclude each other.");
  }
  if (float) options.arrayType = "float32";
  if (double) options.arrayType = "double";
}

function addLabels(options: Writable<CoreMLOptions>, flags: FlagReader): void {
  const labels = flags.text("classLabels");
  if (labels !== undefined) options.classLabels = loadClassLabels("--class-labels", labels);
  const binary = flags.list("binaryLabels");
  if (binary !== undefined) options.binaryLabels = twoLabels(binary);
}

function twoLabels(labels: readonly string[]): readonly [no: string, yes: string] {
  const [no, yes] = labels;
  if (no !== undefined && yes !== undefined && labels.length === 2) return [no, yes];
  return fail("bad-option", `--binary-labels gives ${labels.length} labels, expected 2: no,yes.`);
}

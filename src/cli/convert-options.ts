import { fail } from "../errors.ts";
import { readText } from "../io/node.ts";
import type { ReadKerasOptions } from "../sources/keras/index.ts";
import type { CoreMLOptions } from "../targets/coreml-nn/index.ts";
import { loadCustomLayers } from "./custom-layers.ts";
import { descriptionOptions, type Writable } from "./description-options.ts";
import type { FlagReader } from "./flag-reader.ts";
import { parseShapes } from "./parse-values.ts";
import { pixelOptions } from "./pixel-options.ts";

const NAMES = ["predictedFeatureName", "predictedProbabilitiesOutput"] as const;
const LISTS = ["inputNames", "outputNames", "imageInputNames"] as const;

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
  const options: Writable<CoreMLOptions> = { ...descriptionOptions(flags), ...pixelOptions(flags) };
  for (const key of NAMES) {
    const name = flags.text(key);
    if (name !== undefined) options[key] = name;
  }
  for (const key of LISTS) {
    const list = flags.list(key);
    if (list !== undefined) options[key] = list;
  }
  const precision = flags.oneOf("modelPrecision", ["float32", "float16"]);
  if (precision !== undefined) options.modelPrecision = precision;
  // Beside a preset it changes the preset's own order of colours.
  if (flags.has("isBgr") && !flags.has("preprocess")) options.isBgr = true;
  if (flags.has("respectTrainable")) options.respectTrainable = true;
  if (flags.has("addCustomLayers")) options.customLayers = true;
  addArrayType(options, flags);
  const binary = flags.list("binaryLabels");
  if (binary !== undefined) options.binaryLabels = twoLabels(binary);
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

function twoLabels(labels: readonly string[]): readonly [no: string, yes: string] {
  const [no, yes] = labels;
  if (no !== undefined && yes !== undefined && labels.length === 2) return [no, yes];
  return fail("bad-option", `--binary-labels gives ${labels.length} labels, expected 2: no,yes.`);
}

import { fail } from "../errors.ts";
import type { CoreMLFile } from "../formats/coreml/open.ts";
import type { FeatureDescription } from "../formats/coreml/types.gen.ts";
import { PRESETS, type Preprocessing } from "../image/preprocessing.ts";
import { describedFeatures } from "../verify/described.ts";
import { createInterpreter, type ModelInput, type ModelOutput } from "../verify/index.ts";
import { labelsOf } from "../verify/labels.ts";
import type { Classifier, PictureInput, PictureSize } from "./classifier.ts";

/** A Core ML model as a classifier. */
export interface CoreMLClassifier extends Classifier {
  /** In the order of the scores; undefined for models that are no classifiers. */
  readonly labels: readonly string[] | undefined;
}

/** How a Core ML model is used as a classifier. */
export interface CoreMLClassifierOptions {
  /** For models that take arrays; pictures are prepared by the model itself. */
  readonly preprocessing?: Preprocessing;
  /** Where the model leaves it open. */
  readonly size?: PictureSize;
  /** Rounds every layer to half precision, as the Neural Engine does. */
  readonly half?: boolean;
  /** Name of the output with the scores, where there are several. */
  readonly output?: string;
}

/**
 * A Core ML model run by its own interpreter, picture by picture. Throws `bad-option` for models that do not classify
 * pictures, and what the interpreter throws.
 */
export function coreMLClassifier(
  { model, blobs }: CoreMLFile,
  options: CoreMLClassifierOptions = {},
): CoreMLClassifier {
  const interpreter = createInterpreter(model, blobs);
  const { inputs, outputs, predictedProbabilitiesName } = describedFeatures(model);
  const { input, toInput } = pictureFeature(inputs, options);
  const labels = labelsOf(model);
  const scoresName = options.output ?? scoresOutput(outputs, predictedProbabilitiesName);
  const length = input.width * input.height * input.channels;
  const half = options.half ?? false;
  const scoresOf = (pixels: Float32Array): ArrayLike<number> => {
    const results = interpreter.run({ [input.name]: toInput(pixels) }, { half });
    return numbersOf(results.get(scoresName), scoresName, labels);
  };
  const count = labels?.length ?? scoresOf(new Float32Array(length)).length;
  return {
    input,
    outputs: count,
    labels: labels?.map(String),
    async score(pixels, pictures) {
      const scores = new Float32Array(pictures * count);
      for (let at = 0; at < pictures; at++) {
        scores.set(scoresOf(pixels.subarray(at * length, (at + 1) * length)), at * count);
      }
      return scores;
    },
    dispose: async () => {},
  };
}

interface Picture {
  readonly input: PictureInput;
  readonly toInput: (numbers: Float32Array) => ModelInput;
}

/** The only input that must be given. */
function pictureFeature(
  features: readonly FeatureDescription[],
  { preprocessing, size }: CoreMLClassifierOptions,
): Picture {
  const needed = features.filter(({ type }) => type?.isOptional !== true);
  const [feature, ...others] = needed;
  if (feature === undefined || others.length > 0) {
    return fail("bad-option", `The model has ${needed.length} inputs, expected one for pictures.`);
  }
  const { name = "", type } = feature;
  const image = type?.imageType;
  if (image !== undefined) {
    if (preprocessing !== undefined) {
      fail("bad-option", `The model prepares the pictures of its input "${name}" itself.`, {
        hint: "Leave out --preprocess, --image-scale, the biases and --is-bgr.",
      });
    }
    const { width = 0, height = 0, colorSpace } = image;
    const gray = colorSpace === "GRAYSCALE" || colorSpace === "GRAYSCALE_FLOAT16";
    const chosen = size ?? { width, height };
    const input = {
      name,
      ...chosen,
      channels: gray ? 1 : 3,
      layout: "channels-last",
      preprocessing: PRESETS.none,
    } as const;
    return { input, toInput: (pixels) => ({ ...chosen, pixels }) };
  }
  const shape = type?.multiArrayType?.shape ?? [];
  const placed = placeArray(shape);
  if (placed === undefined) {
    return fail("bad-option", `The input "${name}" has shape [${shape.join(", ")}]: no picture.`);
  }
  const input = { name, ...placed, preprocessing: preprocessing ?? PRESETS.none };
  return { input, toInput: (data) => ({ shape, data }) };
}

/** `[C, H, W]`, `[1, C, H, W]`, or with the channels last. */
function placeArray(
  shape: readonly number[],
): Omit<PictureInput, "name" | "preprocessing"> | undefined {
  const sample = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  const [a = 0, b = 0, c = 0] = sample;
  if (sample.length !== 3) return undefined;
  if (isChannels(a)) return { channels: a, height: b, width: c, layout: "channels-first" };
  if (isChannels(c)) return { channels: c, height: a, width: b, layout: "channels-last" };
  return undefined;
}

function isChannels(dim: number): dim is 1 | 3 | 4 {
  return dim === 1 || dim === 3 || dim === 4;
}

function scoresOutput(outputs: readonly FeatureDescription[], named: string): string {
  if (named !== "") return named;
  const dictionary = outputs.find(({ type }) => type?.dictionaryType !== undefined);
  const [only, ...others] = outputs;
  const found = dictionary ?? (others.length === 0 ? only : undefined);
  if (found !== undefined) return found.name ?? "";
  const names = outputs.map(({ name }) => `"${name}"`).join(", ");
  return fail("bad-option", `The model has ${outputs.length} outputs: ${names}.`, {
    hint: "Say which holds the scores: --scores NAME",
  });
}

function numbersOf(
  output: ModelOutput | undefined,
  name: string,
  labels: readonly (string | number)[] | undefined,
): ArrayLike<number> {
  if (output === undefined) return fail("bad-option", `The model has no output "${name}".`);
  if (typeof output !== "object") {
    return fail("bad-option", `The output "${name}" is a label, expected scores.`);
  }
  if ("data" in output) return output.data;
  return (labels ?? [...output.keys()]).map((label) => output.get(label) ?? 0);
}

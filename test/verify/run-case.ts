import type { FeatureDescription, Model } from "../../src/formats/coreml/types.gen.ts";
import {
  type ArrayInput,
  createInterpreter,
  type ModelInput,
  type ModelOutput,
  type PixelImage,
} from "../../src/verify/index.ts";
import { type Case, type CaseArray, readArray } from "../cases.ts";

export interface Agreement {
  /** The most by which a difference exceeds what the case allows: 0 or less is agreement. */
  readonly excess: number;
  /** The largest difference. */
  readonly largest: number;
}

/**
 * Runs a Core ML model on every sample of a Keras case, one at a time as an app would, and compares
 * with Keras' outputs. Inputs and outputs correspond by their order; the states of recurrent
 * layers, which are optional inputs and come after the outputs proper, play no part.
 */
export function compareWithKeras(model: Model, testCase: Case): Agreement {
  const interpreter = createInterpreter(model);
  const { inputs, outputs, tolerance } = testCase.json;
  const features = (model.description?.input ?? []).filter(({ type }) => type?.isOptional !== true);
  const names = scoreNames(model);
  const given = inputs.map((array) => readArray(testCase, array));
  const expected = outputs.map((array) => readArray(testCase, array));
  const samples = inputs[0]?.shape[0] ?? 0;
  let excess = Number.NEGATIVE_INFINITY;
  let largest = 0;
  for (let sample = 0; sample < samples; sample++) {
    const fed = features.map((feature, index) => {
      const part = sampleOf(given[index], inputs[index], sample);
      return [feature.name ?? "", toModelInput(model, feature, part)] as const;
    });
    const results = interpreter.run(Object.fromEntries(fed));
    outputs.forEach((array, index) => {
      const { data, shape } = sampleOf(expected[index], array, sample);
      const actual = toKeras(results.get(names[index] ?? ""), shape);
      if (actual.length !== data.length)
        throw new Error(`${actual.length} of ${data.length} numbers`);
      for (let at = 0; at < data.length; at++) {
        const want = data[at] ?? 0;
        const difference = Math.abs((actual[at] ?? Number.NaN) - want);
        const over = difference - tolerance.abs - tolerance.rel * Math.abs(want);
        excess = Math.max(over, excess);
        largest = Math.max(difference, largest);
      }
    });
  }
  return { excess, largest };
}

/** Numbers of one sample in Keras' axis order. */
interface Sample {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

function sampleOf(
  data: Float32Array | undefined,
  array: CaseArray | undefined,
  index: number,
): Sample {
  const [, ...shape] = array?.shape ?? [];
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { shape, data: (data ?? new Float32Array(0)).subarray(index * size, (index + 1) * size) };
}

/** Names of the outputs with numbers: without the label of a classifier. */
function scoreNames(model: Model): readonly string[] {
  const { predictedFeatureName, output = [] } = model.description ?? {};
  return output.map(({ name }) => name ?? "").filter((name) => name !== predictedFeatureName);
}

function toModelInput(
  model: Model,
  { name, type }: FeatureDescription,
  sample: Sample,
): ModelInput {
  if (type?.imageType !== undefined) return toPixels(model, name ?? "", sample);
  const exact = networkOf(model).arrayInputShapeMapping === "EXACT_ARRAY_MAPPING";
  const declared = type?.multiArrayType?.shape ?? [];
  if (exact) return toExact(declared, sample);
  const [first = 1, second = 1] = sample.shape;
  const { data } = sample;
  if (sample.shape.length === 3) return channelsFirst(sample);
  if (sample.shape.length === 2) return { shape: [first, 1, second, 1, 1], data };
  // Token ids: a sequence of single numbers.
  if (declared[0] === 1 && first !== 1) return { shape: [first, 1, 1, 1, 1], data };
  return { shape: sample.shape, data };
}

/** Exact arrays are fed in their declared shape, pictures and volumes channels first. */
function toExact(declared: readonly number[], sample: Sample): ArrayInput {
  const { data } = sample.shape.length >= 3 ? channelsFirst(sample) : sample;
  return { shape: declared, data };
}

/** `(…, C)` to `[C, …]`. */
function channelsFirst({ shape, data }: Sample): ArrayInput {
  const channels = shape.at(-1) ?? 1;
  const pixels = data.length / channels;
  const moved = new Float32Array(data.length);
  data.forEach((value, index) => {
    moved[(index % channels) * pixels + Math.floor(index / channels)] = value;
  });
  return { shape: [channels, ...shape.slice(0, -1)], data: moved };
}

/** Undoes the preprocessing, so that the network sees the sample again. */
function toPixels(model: Model, name: string, { shape, data }: Sample): PixelImage {
  const [height = 1, width = 1, channels = 1] = shape;
  const type = model.description?.input?.find((feature) => feature.name === name)?.type?.imageType;
  const bgr = type?.colorSpace === "BGR";
  const scaler = networkOf(model).preprocessing?.find((one) => one.featureName === name)?.scaler;
  const { redBias = 0, greenBias = 0, blueBias = 0, grayBias = 0 } = scaler ?? {};
  const colors = bgr ? [blueBias, greenBias, redBias] : [redBias, greenBias, blueBias];
  const biases = channels === 1 ? [grayBias] : colors;
  const pixels = new Float64Array(data.length);
  data.forEach((value, index) => {
    const channel = index % channels;
    const place = index - channel + (bgr ? channels - 1 - channel : channel);
    pixels[place] = (value - (biases[channel] ?? 0)) / (scaler?.channelScale ?? 1);
  });
  return { width, height, pixels };
}

function networkOf(model: Model) {
  return model.neuralNetwork ?? model.neuralNetworkClassifier ?? {};
}

/** The numbers of an output in Keras' axis order: pictures and volumes channels last. */
function toKeras(output: ModelOutput | undefined, shape: readonly number[]): ArrayLike<number> {
  if (output === undefined || typeof output !== "object") throw new Error("no numbers came out");
  if (!("data" in output)) return [...output.values()];
  if (shape.length < 3) return output.data;
  const channels = shape.at(-1) ?? 1;
  const pixels = output.data.length / channels;
  return output.data.map(
    (_, index) => output.data[(index % channels) * pixels + Math.floor(index / channels)] ?? 0,
  );
}

import { layersIn } from "../formats/coreml/layer-weights.ts";
import type {
  Model,
  NetworkUpdateParameters,
  NeuralNetworkImageScaler,
  NeuralNetworkLayer,
  NeuralNetworkPreprocessing,
} from "../formats/coreml/types.gen.ts";
import { PRESETS, type Preprocessing } from "../image/preprocessing.ts";
import type { PreprocessingFacts } from "../report/coreml-inspection.ts";

/** The network of a model, whatever its kind; empty where there is none. Layers within others included. */
export function networkIn(model: Model): {
  readonly layers: Iterable<{ readonly path: string; readonly message: NeuralNetworkLayer }>;
  readonly preprocessing: readonly NeuralNetworkPreprocessing[];
  readonly updateParams: NetworkUpdateParameters | undefined;
} {
  const { neuralNetwork, neuralNetworkClassifier, neuralNetworkRegressor } = model;
  const network = neuralNetwork ?? neuralNetworkClassifier ?? neuralNetworkRegressor ?? {};
  const { layers = [], preprocessing = [], updateParams } = network;
  return { layers: { [Symbol.iterator]: () => layersIn(layers, "") }, preprocessing, updateParams };
}

/** What happens to the pixels of each picture, and which preset that is. */
export function preprocessingFacts(model: Model): readonly PreprocessingFacts[] {
  const images = (model.description?.input ?? []).filter(({ type }) => type?.imageType);
  return networkIn(model).preprocessing.map(({ featureName, scaler, meanImage }) => {
    const image = images.find(({ name }) => name === featureName) ?? images[0];
    const input = featureName || image?.name || "";
    if (scaler === undefined) {
      return { input, steps: meanImage ? "a mean image is subtracted" : "nothing" };
    }
    const space = image?.type?.imageType?.colorSpace ?? "";
    const gray = space.startsWith("GRAY");
    const preset = gray ? undefined : presetOf(scaler, space === "BGR");
    return { input, steps: stepsOf(scaler, gray), ...(preset === undefined ? {} : { preset }) };
  });
}

function stepsOf(scaler: NeuralNetworkImageScaler, gray: boolean): string {
  const { channelScale = 0, redBias = 0, greenBias = 0, blueBias = 0, grayBias = 0 } = scaler;
  const factor = channelScale === 1 ? "" : ` × ${shortNumber(channelScale)}`;
  if (gray) return `pixel${factor}${biasText(grayBias)}`;
  if (redBias === greenBias && greenBias === blueBias) return `pixel${factor}${biasText(redBias)}`;
  return [
    `red${factor}${biasText(redBias)}`,
    `green${factor}${biasText(greenBias)}`,
    `blue${factor}${biasText(blueBias)}`,
  ].join(", ");
}

function presetOf(scaler: NeuralNetworkImageScaler, bgr: boolean): string | undefined {
  const { channelScale = 0, redBias = 0, greenBias = 0, blueBias = 0 } = scaler;
  const biases = [redBias, greenBias, blueBias];
  const isSame = ({ colorOrder, scale, bias }: Preprocessing): boolean =>
    (colorOrder === "bgr") === bgr &&
    scale.every((factor) => close(factor, channelScale)) &&
    bias.every((value, color) => close(value, biases[color] ?? 0));
  return Object.values(PRESETS).find(isSame)?.name;
}

/** Numbers of the file are float32. */
function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));
}

function biasText(bias: number): string {
  if (bias === 0) return "";
  return ` ${bias < 0 ? "−" : "+"} ${shortNumber(Math.abs(bias))}`;
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

import { isJsonList } from "../json.ts";
import type { LayerConfig } from "../sources/keras/topology.ts";

/** What a layer does in a classification head. */
export interface HeadPart {
  readonly kind: "activation" | "noise" | "shape" | "weights";
  /** Whether all places of a picture or sequence become one. */
  readonly collapses: boolean;
  /** Whether it makes probabilities. */
  readonly decides: boolean;
}

/** A layer, and the shape of what it gives. */
interface Candidate {
  readonly layer: LayerConfig;
  readonly shape: readonly (number | null)[];
}

/** What comes before and behind a layer. */
interface Surroundings {
  /** The shape of what it reads. */
  readonly input: readonly (number | null)[];
  /** From the end of the model back. */
  readonly behind: readonly HeadPart[];
}

/** What part of a classification head a layer is; undefined when it belongs to what comes before. */
export function headPart(
  { layer, shape }: Candidate,
  { input, behind }: Surroundings,
): HeadPart | undefined {
  const { className, config } = layer;
  const collapses = !isFlat(input) && isFlat(shape);
  const decides = DECIDING.has(String(config.activation)) || className === "Softmax";
  const part = (kind: HeadPart["kind"]): HeadPart => ({ kind, collapses, decides });
  if (ACTIVATIONS.has(className)) return part("activation");
  if (NOISE.test(className)) return part("noise");
  if (className.startsWith("Global")) return { ...part("shape"), collapses: true };
  if (className === "Flatten" || className === "Reshape") {
    // Pictures of one place count, too.
    const lost = input.length > shape.length;
    return isFlat(shape) ? { ...part("shape"), collapses: lost } : undefined;
  }
  if (className.startsWith("AveragePooling")) return collapses ? part("shape") : undefined;
  if (className === "Dense") return isFlat(input) ? part("weights") : undefined;
  if (NORMS.has(className)) return input.length === 2 ? part("weights") : undefined;
  return isConvClassifier(layer, behind, decides) ? part("weights") : undefined;
}

/** A convolution of single places that gives the scores: nothing with weights comes behind it, but probabilities do. */
function isConvClassifier(
  { className, config }: LayerConfig,
  behind: readonly HeadPart[],
  decides: boolean,
): boolean {
  const { kernel_size: kernel = 0 } = config;
  const sizes = isJsonList(kernel) ? kernel : [kernel];
  return (
    CONVOLUTIONS.has(className) &&
    sizes.every((size) => size === 1) &&
    behind.every(({ kind }) => kind !== "weights") &&
    (decides || behind.some((part) => part.decides))
  );
}

/** Whether there is one place only: all axes but one have size 1. */
function isFlat([, ...dims]: readonly (number | null)[]): boolean {
  return dims.filter((dim) => dim !== 1).length <= 1;
}

const DECIDING: ReadonlySet<string> = new Set(["softmax", "sigmoid"]);
const CONVOLUTIONS: ReadonlySet<string> = new Set(["Conv1D", "Conv2D", "Conv3D"]);
const NOISE = /Dropout|^GaussianNoise$|^ActivityRegularization$/;

const NORMS: ReadonlySet<string> = new Set([
  "BatchNormalization",
  "BatchNormalizationV1",
  "BatchNormalizationV2",
  "LayerNormalization",
]);

const ACTIVATIONS: ReadonlySet<string> = new Set([
  "Activation",
  "ELU",
  "LeakyReLU",
  "ReLU",
  "Softmax",
  "ThresholdedReLU",
]);

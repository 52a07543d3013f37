import type { LayerSpec } from "../layer-spec.ts";

const TEXT = "works on text or other symbols, not on numbers that a converted model could take";
const MATH = "computes on whole spectra, which no neural-network format here has a layer for";
const CATEGORIES = "makes categories of numbers, which cannot be expressed";

/** Known classes without a meaning here, each with its reason. */
const REASONS: readonly (readonly [string, string])[] = [
  ["StringLookup", TEXT],
  ["IntegerLookup", TEXT],
  ["IndexLookup", TEXT],
  ["TextVectorization", TEXT],
  ["Hashing", TEXT],
  ["HashedCrossing", TEXT],
  ["FeatureSpace", TEXT],
  ["CategoryCrossing", TEXT],
  ["CategoryEncoding", CATEGORIES],
  ["Discretization", CATEGORIES],
  ["MelSpectrogram", MATH],
  ["STFTSpectrogram", MATH],
  ["AutoContrast", "stretches each picture by its own extremes, also at inference"],
  ["CLAHE", "equalises each picture by its own histogram, also at inference"],
  ["RandomFourierFeatures", "is an experimental kernel layer of tf.keras"],
  ["TernaryDense", "stores its weights quantised"],
  ["ReversibleEmbedding", "is used in two directions with the same weights"],
  ["MaxoutDense", "exists in Keras 1 only"],
  ["Highway", "exists in Keras 1 only"],
  ["TimeDistributedDense", "exists in Keras 1 only"],
  ["SReLU", "exists in Keras 1 only"],
  ["ParametricSoftplus", "exists in Keras 1 only"],
];

/** Layers that are refused by name, so that the user learns why. */
export const refusedSpecs: readonly LayerSpec[] = [
  {
    classNames: ["Lambda"],
    lower: (call) =>
      call.refuse(
        "its body is Python byte code stored in the file. Running code from a model file is dangerous and is never done here.",
        `Say what "${call.origin.layer}" computes in a layer spec of your own (--custom FILE.mjs), or replace it in the model by Keras layers.`,
      ),
  },
  ...REASONS.map(
    ([className, reason]): LayerSpec => ({
      classNames: [className],
      lower: (call) =>
        call.refuse(`it ${reason}.`, "Supply it with --custom, or take it out of the model."),
    }),
  ),
];

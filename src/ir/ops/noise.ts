import type { NoWeights, TensorType, WeightRef } from "../tensor.ts";
import { misfit, oneInput } from "./expect.ts";

/** What acts in training only; at inference the input passes unchanged. */
export interface NoiseOp {
  readonly kind: "noise";
  readonly fn:
    | "dropout"
    | "gaussianNoise"
    | "gaussianDropout"
    | "alphaDropout"
    | "activityRegularization"
    | "augmentation";
  /** Of the dropouts. */
  readonly rate?: number;
  /** Axes along which dropout keeps or drops whole slices (SpatialDropout, noise_shape). */
  readonly sharedAxes?: readonly number[];
  /** Of gaussianNoise. */
  readonly stddev?: number;
  readonly weights: NoWeights;
}

/** A layer the program does not know, kept because the user asked for placeholders; one input shape in, `outputShape` out. */
export interface CustomOp {
  readonly kind: "custom";
  readonly className: string;
  /** Output shape with batch. */
  readonly outputShape: readonly (number | null)[];
  /** Parameters that a target may store (Core ML custom layer parameters). */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly description: string;
  readonly weights: Readonly<Record<string, WeightRef>>;
}

/** Output type of `noise`: its input's. */
export function inferNoise(_op: NoiseOp, inputs: readonly TensorType[]): readonly TensorType[] {
  return [oneInput(inputs)];
}

/** Output type of `custom`, as the op states it. */
export function inferCustom(op: CustomOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const [input] = inputs;
  if (input === undefined) return misfit("The layer has no input.");
  return [{ dtype: input.dtype, shape: op.outputShape }];
}

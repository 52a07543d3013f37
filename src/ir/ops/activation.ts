import { formatShape, type NoWeights, type TensorType, type WeightRef } from "../tensor.ts";
import { dimAt, expectAxis, floatOf, misfit, oneInput } from "./expect.ts";

/** An element-wise function (softmax, logSoftmax, sparsemax and glu: along one positive axis). */
export type Activation =
  | { readonly fn: "linear" }
  /**
   * Keras' `relu(x, negative_slope, max_value, threshold)`:
   * maxValue where x >= maxValue; x where threshold <= x < maxValue; negativeSlope * (x - threshold) below.
   */
  | {
      readonly fn: "relu";
      readonly negativeSlope: number;
      readonly maxValue: number | null;
      readonly threshold: number;
    }
  /** x where x > theta, else 0. */
  | { readonly fn: "thresholdedRelu"; readonly theta: number }
  | { readonly fn: "elu"; readonly alpha: number }
  /** scale 1.05070098…, alpha 1.67326324… in full precision. */
  | { readonly fn: "selu" }
  | { readonly fn: "celu"; readonly alpha: number }
  | { readonly fn: "sigmoid" }
  /** `clip(slope * x + offset, 0, 1)`: 0.2 and 0.5 up to Keras 2, 1/6 and 0.5 in Keras 3. */
  | { readonly fn: "hardSigmoid"; readonly slope: number; readonly offset: number }
  | { readonly fn: "tanh" }
  | { readonly fn: "hardTanh" }
  | { readonly fn: "softplus" }
  | { readonly fn: "softsign" }
  | { readonly fn: "exponential" }
  | { readonly fn: "silu" }
  /** `x * relu6(x + 3) / 6` */
  | { readonly fn: "hardSilu" }
  | { readonly fn: "gelu"; readonly approximate: boolean }
  | { readonly fn: "mish" }
  | { readonly fn: "logSigmoid" }
  | { readonly fn: "softShrink"; readonly threshold: number }
  | { readonly fn: "hardShrink"; readonly threshold: number }
  /** `x - tanh(x)` */
  | { readonly fn: "tanhShrink" }
  /** `(x + sqrt(x² + b)) / 2` */
  | { readonly fn: "squareplus"; readonly b: number }
  /** 0 for x <= -1, x for x >= 1, (x + 1)² / 4 between. */
  | { readonly fn: "sparsePlus" }
  /** 0 for x <= -1, 1 for x >= 1, (x + 1) / 2 between. */
  | { readonly fn: "sparseSigmoid" }
  /** x where x > threshold, else value. */
  | { readonly fn: "threshold"; readonly threshold: number; readonly value: number }
  | { readonly fn: "softmax"; readonly axis: number }
  | { readonly fn: "logSoftmax"; readonly axis: number }
  /**
   * `max(x - t, 0)` as Keras 3 computes it: with x sorted in falling order, S the sums of its first 1, 2, … elements and K
   * the number of places k where `x_k > (S_k - 1) / k`, `t = (sum of S_k over those places - 1) / K`. (The function of the
   * paper takes the last of those S_k alone.)
   */
  | { readonly fn: "sparsemax"; readonly axis: number }
  /** Halves the axis: first half * sigmoid(second half). */
  | { readonly fn: "glu"; readonly axis: number };

/** Those that came with Keras 3. */
export type RareActivation = Extract<
  Activation,
  {
    readonly fn:
      | "mish"
      | "logSigmoid"
      | "softShrink"
      | "hardShrink"
      | "tanhShrink"
      | "squareplus"
      | "sparsePlus"
      | "sparseSigmoid"
      | "threshold";
  }
>;

/** Applies an activation; the shape stays, but for glu. */
export interface ActivationOp {
  readonly kind: "activation";
  readonly activation: Activation;
  readonly weights: NoWeights;
}

/** `x` where x >= 0, else `alpha * x`. */
export interface PreluOp {
  readonly kind: "prelu";
  readonly weights: {
    /** Input shape without batch, 1 on shared axes. */
    readonly alpha: WeightRef;
  };
}

/** Element-wise mathematics outside the activations (Keras 3 operations, TFOpLambda). */
export interface UnaryOp {
  readonly kind: "unary";
  readonly fn:
    | "abs"
    | "neg"
    | "square"
    | "sqrt"
    | "rsqrt"
    | "log"
    | "reciprocal"
    | "sin"
    | "cos"
    | "floor"
    | "ceil"
    | "round"
    | "sign"
    | "power"
    | "clip";
  /** Exponent of `power`. */
  readonly exponent?: number;
  /** Bounds of `clip`. */
  readonly min?: number;
  readonly max?: number;
  readonly weights: NoWeights;
}

/** Output type of `activation`: its input's, but for glu, which halves an axis. */
export function inferActivation(
  op: ActivationOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = oneInput(inputs);
  const { activation } = op;
  const dtype = activation.fn === "linear" ? input.dtype : floatOf(input.dtype);
  if (!("axis" in activation)) return [{ dtype, shape: input.shape }];
  expectAxis(input, activation.axis);
  if (activation.fn !== "glu") return [{ dtype, shape: input.shape }];
  const size = dimAt(input.shape, activation.axis);
  if (size !== null && size % 2 !== 0) {
    misfit(
      `glu halves axis ${activation.axis}, but its size in ${formatShape(input.shape)} is odd.`,
    );
  }
  const half = size === null ? null : size / 2;
  return [{ dtype, shape: input.shape.map((dim, i) => (i === activation.axis ? half : dim)) }];
}

/** Output type of `prelu`: its input's. */
export function inferPrelu(op: PreluOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  const { shape } = op.weights.alpha;
  const fits =
    shape.length === input.shape.length - 1 &&
    shape.every((dim, axis) => dim === 1 || dim === dimAt(input.shape, axis + 1));
  if (!fits) {
    misfit(
      `alpha has shape ${formatShape(shape)}, which does not fit the input ${formatShape(input.shape)}: ` +
        "expected its shape without the batch, with 1 on shared axes.",
    );
  }
  return [{ dtype: floatOf(input.dtype), shape: input.shape }];
}

/** Output type of `unary`: its input's. */
export function inferUnary(op: UnaryOp, inputs: readonly TensorType[]): readonly TensorType[] {
  const input = oneInput(inputs);
  if (op.fn === "power" && op.exponent === undefined) misfit("power has no exponent.");
  if (op.fn === "clip" && op.min === undefined && op.max === undefined)
    misfit("clip has no bounds.");
  return [{ dtype: floatOf(input.dtype), shape: input.shape }];
}

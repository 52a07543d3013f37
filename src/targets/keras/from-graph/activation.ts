import type { Activation, ActivationOp, PreluOp } from "../../../ir/ops/activation.ts";
import type { LayerDraft, StepTypes } from "./layer.ts";

/** An activation as a layer of its own, with its settings. */
export function activationLayer(
  { activation }: ActivationOp,
  { output, generation }: StepTypes,
): LayerDraft {
  switch (activation.fn) {
    case "relu":
      return reluLayer(activation);
    case "thresholdedRelu":
      return { className: "ThresholdedReLU", config: { theta: activation.theta } };
    case "elu":
      return { className: "ELU", config: { alpha: activation.alpha } };
    case "softmax":
      return { className: "Softmax", config: { axis: activation.axis } };
    default: {
      const name = activationName(activation, output.shape.length, generation);
      return name === undefined
        ? { unsupported: `Keras has no activation that computes ${activation.fn} like this.` }
        : { className: "Activation", config: { activation: name } };
    }
  }
}

function reluLayer({
  negativeSlope,
  maxValue,
  threshold,
}: Extract<Activation, { readonly fn: "relu" }>): LayerDraft {
  if (maxValue === null && threshold === 0 && negativeSlope !== 0) {
    return { className: "LeakyReLU", config: { negative_slope: negativeSlope } };
  }
  const config = { max_value: maxValue, negative_slope: negativeSlope, threshold };
  return { className: "ReLU", config };
}

/** What a generation calls a function of single numbers; undefined for one that it lacks. */
export function activationName(
  activation: Activation,
  rank: number,
  generation: 2 | 3,
): string | undefined {
  switch (activation.fn) {
    case "hardSigmoid":
      return Math.abs(activation.slope - SLOPES[generation]) < 1e-7 && activation.offset === 0.5
        ? "hard_sigmoid"
        : undefined;
    case "gelu":
      return activation.approximate ? undefined : "gelu";
    case "logSoftmax":
      return activation.axis === rank - 1 ? "log_softmax" : undefined;
    case "hardSilu":
      return "hard_silu";
    case "relu":
      return activation.negativeSlope === 0 && activation.threshold === 0
        ? RECTIFIERS.get(activation.maxValue)
        : undefined;
    case "exponential":
    case "linear":
    case "mish":
    case "selu":
    case "sigmoid":
    case "silu":
    case "softplus":
    case "softsign":
    case "tanh":
      return activation.fn;
    default:
      return undefined;
  }
}

/** Of `hard_sigmoid`. */
const SLOPES = { 2: 0.2, 3: 1 / 6 } as const;

const RECTIFIERS: ReadonlyMap<number | null, string> = new Map<number | null, string>([
  [null, "relu"],
  [6, "relu6"],
]);

/** Slopes for each number, or shared along axes. */
export function preluLayer({ weights: { alpha } }: PreluOp, { output }: StepTypes): LayerDraft {
  const shared = alpha.shape.flatMap((size, axis) =>
    size === 1 && output.shape[axis + 1] !== 1 ? [axis + 1] : [],
  );
  return {
    className: "PReLU",
    config: { shared_axes: shared.length === 0 ? null : shared },
    weights: [alpha],
  };
}

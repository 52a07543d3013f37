import {
  binaryCrossEntropy,
  type Clipping,
  categoricalCrossEntropy,
  meanSquaredError,
  type Scored,
  sparseCategoricalCrossEntropy,
} from "../evaluate/index.ts";
import type { Graph } from "../ir/graph.ts";
import { readFloat64 } from "../ir/tensor.ts";

/** The loss that Keras' `evaluate` gives for a model. */
export interface KerasLoss {
  /** Keras' name, `categorical_crossentropy`. */
  readonly name: string;
  /** Undefined where this loss is not computed here. */
  readonly value: number | undefined;
  /** What regularizers add, part of the value. */
  readonly penalty: number;
}

/** What losses are computed from. */
export interface LossSamples {
  /** Probabilities of all classes. */
  readonly scored: Scored;
  /** 1 where one sigmoid tells two classes apart. */
  readonly outputCount: number;
}

/** The model's own loss, or cross entropy where the file does not say, with all penalties of its weights. */
export function kerasLoss(graph: Graph | undefined, samples: LossSamples): KerasLoss {
  const { scored, outputCount } = samples;
  const stated = graph?.training?.losses[0] ?? "";
  const name = stated || (outputCount === 1 ? "binary_crossentropy" : "categorical_crossentropy");
  const penalty = graph === undefined ? 0 : penaltyOf(graph);
  const options = { clipping: clippingOf(graph), penalty };
  const { labelSmoothing = 0 } = graph?.training?.lossSettings?.[0] ?? {};
  switch (name) {
    case "categorical_crossentropy":
      return { name, penalty, value: smoothed(scored, labelSmoothing, options) };
    case "sparse_categorical_crossentropy":
      return { name, penalty, value: sparseCategoricalCrossEntropy(scored, options) };
    case "binary_crossentropy": {
      const targets = targetsOf(samples).map((y) => y * (1 - labelSmoothing) + labelSmoothing / 2);
      return { name, penalty, value: binaryCrossEntropy(targets, valuesOf(samples), options) };
    }
    case "mean_squared_error":
    case "mse":
      return {
        name,
        penalty,
        value: meanSquaredError(targetsOf(samples), valuesOf(samples), options),
      };
    default:
      return { name, penalty, value: undefined };
  }
}

/** L1 and L2 of all weights together. Arrays are read one at a time. */
export function penaltyOf(graph: Graph): number {
  const weights = graph.penalties?.weights ?? [];
  return weights.reduce((total, { weight, l1, l2 }) => {
    let [absolute, squares] = [0, 0];
    for (const value of readFloat64(weight)) {
      absolute += Math.abs(value);
      squares += value * value;
    }
    return total + l1 * absolute + l2 * squares;
  }, 0);
}

/** tf.keras 2 and Keras 3 look through a last softmax or sigmoid, and are told where outputs are logits. */
function clippingOf(graph: Graph | undefined): Clipping {
  if (graph === undefined) return "clip";
  if (graph.training?.lossSettings?.[0]?.fromLogits === true) return "logits";
  const { version } = graph.source;
  const major = Number.parseInt(version, 10);
  const minor = Number.parseInt(version.split(".")[1] ?? "0", 10);
  const isTensorFlow = version.includes("-tf") || (major === 2 && minor >= 4) || major >= 3;
  const last = graph.nodes.find(({ outputs }) => outputs.includes(graph.outputs[0]?.value ?? ""));
  const { op } = last ?? {};
  const seenThrough =
    op?.kind === "activation" && ["softmax", "sigmoid"].includes(op.activation.fn);
  return isTensorFlow && seenThrough ? "logits" : "clip";
}

/** Each target gives `smoothing` of itself to all classes alike. */
function smoothed(
  scored: Scored,
  smoothing: number,
  options: { readonly clipping: Clipping; readonly penalty: number },
): number {
  const own = categoricalCrossEntropy(scored, options);
  if (smoothing === 0) return own;
  const { classes, truth } = scored;
  const bare = { clipping: options.clipping };
  const perClass = classes.map((_, label) =>
    categoricalCrossEntropy({ ...scored, truth: Array.from(truth, () => label) }, bare),
  );
  const mean = perClass.reduce((sum, loss) => sum + loss, 0) / classes.length;
  const sharp = own - options.penalty;
  return (1 - smoothing) * sharp + smoothing * mean + options.penalty;
}

/** One number a sample for one sigmoid, else one-hot rows. */
function targetsOf({ scored: { truth, classes }, outputCount }: LossSamples): readonly number[] {
  if (outputCount === 1) return Array.from(truth);
  return Array.from({ length: truth.length * classes.length }, (_, at) =>
    truth[Math.floor(at / classes.length)] === at % classes.length ? 1 : 0,
  );
}

/** What the model gave for them. */
function valuesOf({ scored, outputCount }: LossSamples): ArrayLike<number> {
  if (outputCount !== 1) return scored.scores;
  return Array.from(scored.truth, (_, sample) => scored.scores[sample * 2 + 1] ?? 0);
}

import {
  binaryCrossEntropy,
  type Clipping,
  categoricalCrossEntropy,
  hasClassTargets,
  type LossOptions,
  plainLossName,
  rowLossNames,
  type Scored,
  sparseCategoricalCrossEntropy,
} from "../evaluate/index.ts";
import type { Graph } from "../ir/graph.ts";
import { readFloat64 } from "../ir/tensor.ts";
import { activityLoss } from "../train/activity-losses.ts";
import { lossWayOf, USUAL_SETTINGS } from "../train/loss-way.ts";
import { lossOf } from "../train/losses.ts";
import { orthogonalPenalty } from "../train/orthogonal-penalty.ts";
import { clippingOf, seesThrough } from "./loss-clipping.ts";

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
  /** What the scores were made of, row by row, where that is known. */
  readonly logits?: ArrayLike<number>;
  /** What regularizers of outputs add to the loss for each sample. */
  readonly activities?: ArrayLike<number>;
  /** Which of the model's outputs holds the scores; else the first. */
  readonly output?: number;
}

/** The samples that Keras' `evaluate` looks at together unless it is told otherwise. */
const BATCH = 32;

/** The model's own loss, or cross entropy where the file does not say, with all penalties. */
export function kerasLoss(graph: Graph | undefined, samples: LossSamples): KerasLoss {
  const { outputCount, output = 0 } = samples;
  const stated = graph?.training?.losses[output] ?? "";
  const name = stated || (outputCount === 1 ? "binary_crossentropy" : "categorical_crossentropy");
  const { activities = [] } = samples;
  const added = activityLoss(activities, {
    version: graph?.source.version ?? "",
    batchSize: BATCH,
  });
  const penalty = (graph === undefined ? 0 : penaltyOf(graph)) + added;
  const { labelSmoothing = 0 } = graph?.training?.lossSettings?.[output] ?? {};
  const clipping = clippingOf(graph, output);
  const own =
    ownLoss(name, samples, clipping, labelSmoothing) ?? rowLossOf(name, samples, graph, output);
  // Of several outputs each loss is told by itself, without its weight.
  const weight = graph?.outputs.length === 1 ? (graph.training?.lossWeights?.[0] ?? 1) : 1;
  return { name, penalty, value: own === undefined ? undefined : own * weight + penalty };
}

/** Without penalties; undefined where it is not computed here. */
function ownLoss(
  name: string,
  samples: LossSamples,
  clipping: Clipping,
  labelSmoothing: number,
): number | undefined {
  const { scored, logits } = samples;
  const given = clipping === "logits" && logits !== undefined ? { logits } : {};
  const options = { clipping, ...given };
  switch (name) {
    case "categorical_crossentropy":
      return smoothed(scored, labelSmoothing, options);
    case "sparse_categorical_crossentropy":
      return sparseCategoricalCrossEntropy(scored, options);
    case "binary_crossentropy": {
      const targets = targetsOf(samples).map((y) => y * (1 - labelSmoothing) + labelSmoothing / 2);
      return binaryCrossEntropy(targets, valuesOf(samples), options);
    }
    default:
      return undefined;
  }
}

/** Losses that look at one sample after the other; undefined for others, and for those that make a number of each batch. */
function rowLossOf(
  name: string,
  samples: LossSamples,
  graph: Graph | undefined,
  output: number,
): number | undefined {
  const settings = graph?.training?.lossSettings?.[output] ?? USUAL_SETTINGS;
  const { reduction, axes } = settings;
  const plain = plainLossName(name);
  const whole = plain === "dice" || plain === "tversky";
  if (!rowLossNames().includes(plain) || whole || (reduction ?? axes) !== undefined)
    return undefined;
  const port = graph?.outputs[output];
  const last = graph && port && seesThrough(graph, port)?.op;
  const way = lossWayOf(name, settings, {
    version: graph?.source.version ?? "",
    last: last?.kind === "activation" ? last.activation.fn : undefined,
  });
  const values = Float64Array.from((way.before ? samples.logits : undefined) ?? valuesOf(samples));
  // What weighs a focal loss is the output all the same.
  if (way.before && (samples.logits === undefined || plain.startsWith("binary"))) return undefined;
  const { length: count } = samples.scored.truth;
  const { value } = lossOf(way, {
    output: values,
    target: Float32Array.from(hasClassTargets(name) ? samples.scored.truth : targetsOf(samples)),
    classes: values.length / count,
    factors: new Float32Array(count).fill(1),
  });
  return value / count;
}

/** Penalties of all weights together. Arrays are read one at a time. */
export function penaltyOf(graph: Graph): number {
  const weights = graph.penalties?.weights ?? [];
  return weights.reduce((total, { weight, l1, l2, orthogonal }) => {
    if (orthogonal !== undefined) {
      return total + orthogonalPenalty(orthogonal, Float32Array.from(readFloat64(weight)));
    }
    let [absolute, squares] = [0, 0];
    for (const value of readFloat64(weight)) {
      absolute += Math.abs(value);
      squares += value * value;
    }
    return total + l1 * absolute + l2 * squares;
  }, 0);
}

/** Each target gives `smoothing` of itself to all classes alike. */
function smoothed(scored: Scored, smoothing: number, options: LossOptions): number {
  const sharp = categoricalCrossEntropy(scored, options);
  if (smoothing === 0) return sharp;
  const { classes, truth } = scored;
  const perClass = classes.map((_, label) =>
    categoricalCrossEntropy({ ...scored, truth: Array.from(truth, () => label) }, options),
  );
  const mean = perClass.reduce((sum, loss) => sum + loss, 0) / classes.length;
  return (1 - smoothing) * sharp + smoothing * mean;
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

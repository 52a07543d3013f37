import { fail } from "../../errors.ts";
import type { Graph } from "../../ir/graph.ts";
import { judgeOf } from "../judge.ts";
import { measureWords } from "../keras-words.ts";
import type { LossWay } from "../losses.ts";
import {
  absoluteError,
  absolutePercentage,
  binaryAccuracy,
  categoricalAccuracy,
  lossMeasure,
  type Measure,
  sparseAccuracy,
  squaredError,
  squaredLogarithmic,
  topK,
} from "./measures.ts";

/** A number that is told beside the loss. */
export interface Metric {
  /** As Keras calls it in logs: `acc`, `top_k_categorical_accuracy`. */
  readonly name: string;
  /** The mean over the rows of a batch: its output, and what it should have been. */
  measure(output: Float32Array, target: Float32Array): number;
}

/** Metrics by name, and the names that are not known here. */
export interface ResolvedMetrics {
  readonly metrics: readonly Metric[];
  readonly unknown: readonly string[];
}

/** What a metric depends on besides its name. */
interface MetricContext {
  readonly graph: Graph;
  readonly loss: LossWay;
  /** Numbers of a row of the output. */
  readonly classes: number;
}

/** Every name that is known, for messages. */
export function metricNames(): readonly string[] {
  return ["accuracy", "crossentropy", ...MEASURES.keys()];
}

/**
 * The metrics of a compiled model, or those of other names, as the Keras that wrote it finds and calls them. Throws `bad-option`
 * for a model that was saved without a loss.
 */
export function metricsOf(graph: Graph, given?: readonly string[]): ResolvedMetrics {
  const { training } = graph;
  if (training === undefined) return fail("bad-option", "The model was saved without a loss.");
  const names = given ?? training.metrics;
  const classes = graph.types.get(graph.outputs[0]?.value ?? "")?.shape.at(-1) ?? 1;
  const context = { graph, classes, loss: judgeOf(graph, training).way };
  const { asTyped } = measureWords(graph.source.version);
  const metrics: Metric[] = [];
  const unknown: string[] = [];
  for (const typed of new Set(names)) {
    const short = ALIASES.get(typed.toLowerCase()) ?? typed;
    const measure = measureOf(short, context);
    const name = asTyped ? typed : (SHORT.get(short) ?? short);
    if (measure === undefined) unknown.push(typed);
    else if (metrics.every((metric) => metric.name !== name)) {
      const { classes } = context;
      metrics.push({ name, measure: (output, target) => measure({ output, target, classes }) });
    }
  }
  return { metrics, unknown };
}

function measureOf(name: string, context: MetricContext): Measure | undefined {
  if (name === "accuracy") return accuracyOf(context);
  const loss = name === "crossentropy" ? crossentropyOf(context) : name;
  if (loss.endsWith("crossentropy")) return lossMeasure({ ...context.loss, name: loss });
  return MEASURES.get(name);
}

/** @see keras/engine/training.py `handle_metrics` (2.2.4); keras/src/trainers/compile_utils.py `get_metric` (3) */
function accuracyOf({ graph, loss, classes }: MetricContext): Measure {
  const { accuracyBy } = measureWords(graph.source.version);
  const isBinary = accuracyBy === "loss" && loss.name === "binary_crossentropy";
  if (classes === 1 || isBinary) return binaryAccuracy;
  return loss.name.startsWith("sparse_") ? sparseAccuracy : categoricalAccuracy;
}

function crossentropyOf({ loss, classes }: MetricContext): string {
  if (classes === 1 || loss.name === "binary_crossentropy") return "binary_crossentropy";
  return loss.name.startsWith("sparse_")
    ? "sparse_categorical_crossentropy"
    : "categorical_crossentropy";
}

const MEASURES: ReadonlyMap<string, Measure> = new Map([
  ["binary_accuracy", binaryAccuracy],
  ["categorical_accuracy", categoricalAccuracy],
  ["sparse_categorical_accuracy", sparseAccuracy],
  ["top_k_categorical_accuracy", topK(5, "one-hot")],
  ["sparse_top_k_categorical_accuracy", topK(5, "sparse")],
  ["mean_squared_error", squaredError],
  ["mean_absolute_error", absoluteError],
  ["mean_absolute_percentage_error", absolutePercentage],
  ["mean_squared_logarithmic_error", squaredLogarithmic],
]);

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["acc", "accuracy"],
  ["ce", "crossentropy"],
  ["mse", "mean_squared_error"],
  ["mae", "mean_absolute_error"],
  ["mape", "mean_absolute_percentage_error"],
  ["msle", "mean_squared_logarithmic_error"],
]);

/** What Keras up to 2.2 calls two of them. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ["accuracy", "acc"],
  ["crossentropy", "ce"],
]);

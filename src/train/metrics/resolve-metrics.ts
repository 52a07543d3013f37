import { fail } from "../../errors.ts";
import { hasClassTargets, plainLossName, rowLossNames } from "../../evaluate/index.ts";
import type { Graph, MetricSettings, MetricsSetup } from "../../ir/graph.ts";
import type { JsonObject } from "../../json.ts";
import { judgedModelOf, ofOutput } from "../judge.ts";
import { generationOf } from "../keras-generation.ts";
import { measureWords } from "../keras-words.ts";
import { type JudgedModel, lossWayOf } from "../loss-way.ts";
import { batchMeasure } from "./batch-measures.ts";
import { countedMeasure, countedNames } from "./counted-measures.ts";
import { intersectionMeasure, intersectionNames } from "./intersections.ts";
import type { Measure } from "./measure.ts";
import {
  binaryAccuracy,
  categoricalAccuracy,
  exactAccuracy,
  lossMeasure,
  rootOfSquares,
  roundedAccuracy,
  sparseAccuracy,
  topK,
} from "./measures.ts";
import { regressionMeasure, regressionNames } from "./regressions.ts";
import { weightedMeasure, weightedName } from "./weighted-metrics.ts";

/** A number that is told beside the loss: sums that grow batch by batch, and what they say. */
export interface Metric {
  /** As Keras calls it in logs: `acc`, `top_k_categorical_accuracy`, of several outputs `aux_acc`. */
  readonly name: string;
  /** Which of several outputs it looks at; the first by default. */
  readonly output?: number;
  /** What a batch adds: its output, what it should have been, and what each sample counts where the metric goes by that. */
  sums(output: Float32Array, target: Float32Array, weights?: Float32Array): readonly number[];
  value(sums: readonly number[]): number;
}

/** Metrics by name, and the names that are not known here. */
export interface ResolvedMetrics {
  readonly metrics: readonly Metric[];
  readonly unknown: readonly string[];
}

/** What a metric depends on besides its name. */
interface MetricContext {
  readonly judged: JudgedModel;
  /** Of the model, in Keras 3's word. */
  readonly loss: string;
  /** Numbers of a row of the output. */
  readonly classes: number;
}

/** Every name that is known, for messages. */
export function metricNames(): readonly string[] {
  const own = ["accuracy", "crossentropy", "binary_accuracy", ...MEASURES.keys(), ...LOSSES];
  return [...own, ...countedNames(), ...regressionNames(), ...intersectionNames()];
}

/**
 * The metrics of a compiled model, or those of other names, as the Keras that wrote it finds and calls them. Throws `bad-option`
 * for a model that was saved without a loss.
 */
export function metricsOf(graph: Graph, given?: readonly string[]): ResolvedMetrics {
  const { training } = graph;
  if (training === undefined) return fail("bad-option", "The model was saved without a loss.");
  const { version } = graph.source;
  const metrics: Metric[] = [];
  const unknown = new Set<string>();
  const taken = (): readonly string[] => metrics.map(({ name }) => name);
  graph.outputs.forEach((_, output) => {
    for (const { typed, found } of foundIn(graph, { output, given, setup: training })) {
      if (found === undefined) unknown.add(typed);
      else if (!taken().includes(plainName(found))) metrics.push(metricOf(found));
    }
    const { weightedMetrics: setup } = training;
    if (given !== undefined || setup === undefined) return;
    for (const { typed, found } of foundIn(graph, { output, given, setup })) {
      if (found === undefined) unknown.add(typed);
      else metrics.push(metricOf(found, weightedName(found, version, taken()), version));
    }
  });
  return { metrics, unknown: [...unknown] };
}

/** A metric of one output, and how the model's Keras calls it. */
interface FoundMetric {
  readonly prefix: string;
  readonly own: string;
  readonly output: number;
  readonly measure: Measure;
  readonly classes: number;
}

/** Which metrics of which output are looked for. */
interface Wanted {
  readonly output: number;
  readonly given: readonly string[] | undefined;
  readonly setup: MetricsSetup;
}

function foundIn(graph: Graph, { output, given, setup }: Wanted) {
  const names = given ?? setup.metricsByOutput?.[output] ?? setup.metrics;
  return [...new Set(names)].map((typed) => {
    const settings = setup.metricSettings?.find((one) => one.name === typed);
    return { typed, found: findMetric(graph, { typed, output, settings }) };
  });
}

function plainName({ prefix, own }: FoundMetric): string {
  return `${prefix}${own}`;
}

/** With a name of its own it goes by the weights of samples, as the Keras of a version has them. */
function metricOf(found: FoundMetric, name?: string, version = ""): Metric {
  const { measure, output, classes } = found;
  if (name === undefined) {
    return {
      name: plainName(found),
      output,
      sums: (values, target) => measure.sums({ output: values, target, classes }),
      value: (sums) => measure.value(sums),
    };
  }
  const weighted = weightedMeasure(measure, version);
  return {
    name,
    output,
    sums: (values, target, weights) => weighted.sums({ output: values, target, classes, weights }),
    value: (sums) => weighted.value(sums),
  };
}

/** Undefined where it is not known. */
function findMetric(
  graph: Graph,
  {
    typed,
    output,
    settings,
  }: {
    readonly typed: string;
    readonly output: number;
    readonly settings: MetricSettings | undefined;
  },
): FoundMetric | undefined {
  const port = graph.outputs[output];
  const classes = graph.types.get(port?.value ?? "")?.shape.at(-1) ?? 1;
  const loss = plainLossName(ofOutput(graph.training?.losses ?? [], output) ?? "");
  const context = { judged: judgedModelOf(graph, output), classes, loss };
  const prefix = graph.outputs.length > 1 ? `${port?.name ?? ""}_` : "";
  const plain = typed.startsWith(prefix) ? typed.slice(prefix.length) : typed;
  const short = ALIASES.get(plain.toLowerCase()) ?? plain;
  const measure =
    settings === undefined ? namedMeasure(short, context) : settledMeasure(settings, context);
  if (measure === undefined) return undefined;
  const { asTyped } = measureWords(graph.source.version);
  const own = asTyped ? plain : (SHORT.get(short) ?? short);
  return { prefix, own, output, measure, classes };
}

function namedMeasure(name: string, context: MetricContext): Measure | undefined {
  if (name.toLowerCase() === "accuracy") return accuracyOf(context);
  return measureOf({ name, kind: name, config: {} }, context);
}

/** A metric that is more than a name: the class `Accuracy` counts what is exactly equal, and an unknown kind may have a known name. */
function settledMeasure(settings: MetricSettings, context: MetricContext): Measure | undefined {
  if (settings.kind === "accuracy") return exactAccuracy;
  return measureOf(settings, context) ?? namedMeasure(settings.name, context);
}

function measureOf(
  { kind: stated, config }: MetricSettings,
  context: MetricContext,
): Measure | undefined {
  const kind = stated.toLowerCase();
  if (kind === "crossentropy") return lossMetricOf(crossentropyOf(context), {}, context);
  const numbers = { k: numberOf(config.k, 5), threshold: numberOf(config.threshold, 0.5) };
  if (kind === "binary_accuracy") return binaryAccuracyOf(context, numbers.threshold);
  const own = MEASURES.get(kind)?.(numbers);
  if (own !== undefined) return own;
  const { loss, classes } = context;
  const classTargets = hasClassTargets(loss);
  const area = intersectionMeasure(kind, config, { classes, classTargets });
  if (area !== undefined) return area;
  const plain = plainLossName(kind);
  // All others compare outputs with targets number by number.
  if (classTargets && !hasClassTargets(plain) && !CROSS_ENTROPIES.includes(plain)) return undefined;
  const early = generationOf(context.judged.version).major === 1 ? batchMeasure(kind) : undefined;
  return (
    early ??
    lossMetricOf(plain, config, context) ??
    countedMeasure(kind, config) ??
    regressionMeasure(kind, config)
  );
}

/** @see keras/engine/training.py `handle_metrics` (2.2.4); keras/src/trainers/compile_utils.py `get_metric` (3) */
function accuracyOf(context: MetricContext): Measure {
  const { judged, loss, classes } = context;
  const { accuracyBy } = measureWords(judged.version);
  const isBinary = accuracyBy === "loss" && loss === "binary_crossentropy";
  if (classes === 1 || isBinary) return binaryAccuracyOf(context, 0.5);
  return hasClassTargets(loss) ? sparseAccuracy : categoricalAccuracy;
}

function binaryAccuracyOf({ judged }: MetricContext, threshold: number): Measure {
  const standalone = generationOf(judged.version).kind === "standalone";
  return standalone && threshold === 0.5 ? roundedAccuracy : binaryAccuracy(threshold);
}

function crossentropyOf({ loss, classes }: MetricContext): string {
  if (classes === 1 || loss === "binary_crossentropy") return "binary_crossentropy";
  return hasClassTargets(loss) ? "sparse_categorical_crossentropy" : "categorical_crossentropy";
}

const CROSS_ENTROPIES = [
  "binary_crossentropy",
  "categorical_crossentropy",
  "sparse_categorical_crossentropy",
];

/** As a metric the similarity grows with what is alike, as a loss it shrinks, in stand-alone Keras in both. */
function lossMetricOf(
  name: string,
  config: JsonObject,
  { judged }: MetricContext,
): Measure | undefined {
  if (!LOSSES.includes(name)) return undefined;
  const standalone = generationOf(judged.version).kind === "standalone";
  const isTurned = !standalone && name === "cosine_similarity";
  const { from_logits: fromLogits, label_smoothing: smoothing } = config;
  const settings = { fromLogits: fromLogits === true, labelSmoothing: numberOf(smoothing, 0) };
  const way = lossWayOf(name, settings, judged);
  // What came before the output is not measured.
  return way.before ? undefined : lossMeasure(way, isTurned ? -1 : 1);
}

/** Those of areas go by whole batches. */
const LOSSES = rowLossNames().filter((name) => name !== "dice" && name !== "tversky");

interface MeasureNumbers {
  readonly k: number;
  readonly threshold: number;
}

const MEASURES: ReadonlyMap<string, (numbers: MeasureNumbers) => Measure> = new Map([
  ["categorical_accuracy", () => categoricalAccuracy],
  ["sparse_categorical_accuracy", () => sparseAccuracy],
  ["top_k_categorical_accuracy", ({ k }: MeasureNumbers) => topK(k, "one-hot")],
  ["sparse_top_k_categorical_accuracy", ({ k }: MeasureNumbers) => topK(k, "sparse")],
  ["root_mean_squared_error", () => rootOfSquares],
]);

function numberOf(value: unknown, usual: number): number {
  return typeof value === "number" ? value : usual;
}

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["acc", "accuracy"],
  ["ce", "crossentropy"],
  ["mse", "mean_squared_error"],
  ["mae", "mean_absolute_error"],
  ["mape", "mean_absolute_percentage_error"],
  ["msle", "mean_squared_logarithmic_error"],
  ["f1score", "fmeasure"],
  ["fscore", "fmeasure"],
]);

/** What Keras up to 2.2 calls two of them. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ["accuracy", "acc"],
  ["crossentropy", "ce"],
]);

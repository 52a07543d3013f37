import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import { plainClass, snakeCase } from "../../../sources/keras/parse-model.ts";
import { unwrapTuples } from "../../../sources/keras/unwrap.ts";
import { keras3Object } from "./objects.ts";

/** Metrics in the words of Keras 3: flat for one output, by output for several; undefined for one that it does not have. */
export function metricsConfig(metrics: Json, outputs: readonly string[]): Json | undefined {
  if (metrics === null) return null;
  const [only] = outputs;
  if (isJsonObject(metrics) && metrics.class_name === undefined) {
    const named = Object.entries(metrics).map(([key, value]) => [key, listed(value)] as const);
    if (named.some(([, own]) => own === undefined)) return undefined;
    return Object.fromEntries(named.map(([key, own]) => [key, own ?? []]));
  }
  const own = listed(metrics);
  if (own === undefined || only === undefined) return undefined;
  if (outputs.length === 1) return own;
  return Object.fromEntries(outputs.map((name) => [name, own]));
}

/** Plain names of metrics that all Kerases have, in whatever way they are stated; undefined for others. */
export function flatMetrics(metrics: Json): readonly string[] | undefined {
  if (metrics === null) return [];
  if (typeof metrics === "string") return METRICS.has(metrics) ? [metrics] : undefined;
  if (isJsonList(metrics)) {
    const lists = metrics.map(flatMetrics);
    return lists.some((list) => list === undefined)
      ? undefined
      : lists.flatMap((list) => list ?? []);
  }
  if (!isJsonObject(metrics)) return undefined;
  const config = isJsonObject(metrics.config) ? unwrapTuples(metrics.config) : {};
  if (metrics.class_name !== "MeanMetricWrapper" || !isJsonObject(config)) return undefined;
  const { name = null, fn = null } = config;
  // Keras puts the word before a second metric of one name, and does so again.
  const own = typeof name === "string" ? name.replace(/^weighted_/, "") : name;
  return [own, fn].flatMap((text) => flatMetrics(text) ?? []).slice(0, 1);
}

/** The metric of a name and a config as the object of a file; undefined where Keras 3 has no class for it. */
export function metricObject(kind: string, config: JsonObject): JsonObject | undefined {
  const found = CLASSES.get(kind);
  if (found === undefined) return undefined;
  const [className, ...args] = found.split(" ");
  const kept = Object.entries(config).filter(
    ([key, value]) => (key === "name" || args.includes(key)) && value !== null,
  );
  return keras3Object("keras.metrics", className ?? "", Object.fromEntries(kept));
}

/** Each metric once: plain ones as names, others as objects. */
function listed(metrics: Json): readonly Json[] | undefined {
  const items = isJsonList(metrics) ? metrics : [metrics];
  const all = items.map((item) => (isJsonList(item) ? listed(item) : one(item)));
  if (all.some((own) => own === undefined)) return undefined;
  const flat = all.flatMap((own) => own ?? []);
  return flat.filter(
    (own, index) => flat.findIndex((other) => keyOf(other) === keyOf(own)) === index,
  );
}

function keyOf(metric: Json): string {
  return typeof metric === "string" ? metric : JSON.stringify(metric);
}

function one(metric: Json): readonly Json[] | undefined {
  const plain = flatMetrics(metric);
  if (plain !== undefined) return plain;
  const own = typeof metric === "string" ? { class_name: metric, config: {} } : metric;
  if (!isJsonObject(own) || typeof own.class_name !== "string") return undefined;
  const config = isJsonObject(own.config) ? own.config : {};
  const object = metricObject(snakeCase(plainClass(own.class_name)), config);
  return object === undefined ? undefined : [object];
}

const METRICS: ReadonlySet<string> = new Set([
  "accuracy",
  "acc",
  "binary_accuracy",
  "categorical_accuracy",
  "sparse_categorical_accuracy",
  "top_k_categorical_accuracy",
  "sparse_top_k_categorical_accuracy",
  "mse",
  "mae",
  "mape",
  "msle",
  "mean_squared_error",
  "mean_absolute_error",
  "categorical_crossentropy",
  "binary_crossentropy",
  "sparse_categorical_crossentropy",
]);

/** Classes by their snake-case names, with their arguments; the same in tf.keras. */
const CLASSES: ReadonlyMap<string, string> = new Map(
  `Accuracy
AUC num_thresholds curve summation_method thresholds multi_label num_labels label_weights from_logits
BinaryAccuracy threshold
BinaryCrossentropy from_logits label_smoothing
BinaryIoU target_class_ids threshold
CategoricalAccuracy
CategoricalCrossentropy from_logits label_smoothing
CategoricalHinge
ConcordanceCorrelation
CosineSimilarity
F1Score average threshold
FBetaScore average beta threshold
FalseNegatives thresholds
FalsePositives thresholds
Hinge
IoU num_classes target_class_ids ignore_class sparse_y_true sparse_y_pred
KLDivergence
LogCoshError
MeanAbsoluteError
MeanAbsolutePercentageError
MeanIoU num_classes ignore_class sparse_y_true sparse_y_pred
MeanSquaredError
MeanSquaredLogarithmicError
OneHotIoU num_classes target_class_ids ignore_class sparse_y_pred
OneHotMeanIoU num_classes ignore_class sparse_y_pred
PearsonCorrelation
Poisson
Precision thresholds top_k class_id
PrecisionAtRecall recall num_thresholds class_id
R2Score class_aggregation num_regressors
Recall thresholds top_k class_id
RecallAtPrecision precision num_thresholds class_id
RootMeanSquaredError
SensitivityAtSpecificity specificity num_thresholds class_id
SparseCategoricalAccuracy
SparseCategoricalCrossentropy from_logits
SparseTopKCategoricalAccuracy k
SpecificityAtSensitivity sensitivity num_thresholds class_id
SquaredHinge
TopKCategoricalAccuracy k
TrueNegatives thresholds
TruePositives thresholds`
    .split("\n")
    .map((line) => [snakeCase(line.split(" ")[0] ?? ""), line]),
);

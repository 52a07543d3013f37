import { generationOf } from "../keras-generation.ts";
import type { Measure } from "./measure.ts";

/**
 * How a generation calls a metric that goes by the weights of samples. `taken` are the names before it.
 * @see keras/engine/training.py (2.2.4; 2.3.1 `_add_unique_metric_name`); keras/src/engine/compile_utils.py `_set_metric_names` (2.15);
 * keras/src/trainers/compile_utils.py `CompileMetrics` (3)
 */
export function weightedName(
  { prefix, own }: { readonly prefix: string; readonly own: string },
  version: string,
  taken: readonly string[],
): string {
  const said = `${prefix}weighted_${own}`;
  if (isEarly(version)) return said;
  const plain = `${prefix}${own}`;
  if (!taken.includes(plain)) return plain;
  return isNumbered(version) ? numbered(plain, taken) : numbered(said, taken);
}

/**
 * Stand-alone Keras up to 2.2 divides a batch by the samples that count at all, and takes the mean of the batches. Keras 3 counts
 * intersections in whole numbers.
 * @see keras/src/metrics/iou_metrics.py (3), whose confusion matrix has the type int
 */
export function weightedMeasure(measure: Measure, version: string): Measure {
  if (!isEarly(version)) {
    if (!(measure.inWholeNumbers && generationOf(version).kind === "keras-3")) return measure;
    return {
      ...measure,
      sums: (batch) => measure.sums({ ...batch, weights: batch.weights?.map(Math.trunc) }),
    };
  }
  return {
    sums(batch) {
      const [sum = 0] = measure.sums(batch);
      const rows = batch.output.length / batch.classes;
      const { weights = [] } = batch;
      const share =
        weights.length === 0 ? 1 : weights.filter((one) => one !== 0).length / weights.length;
      return [sum / share, rows];
    },
    value: ([sum = 0, rows = 0]) => sum / rows,
  };
}

function isEarly(version: string): boolean {
  const { kind, major, minor } = generationOf(version);
  return kind === "standalone" && (major < 2 || minor < 3);
}

/** Keras 2.3 and the Keras of TensorFlow 2.0 and 2.1. */
function isNumbered(version: string): boolean {
  const { kind, minor } = generationOf(version);
  return kind === "standalone" || (kind === "tensorflow" && minor < 4 && version.endsWith("-tf"));
}

function numbered(name: string, taken: readonly string[]): string {
  let free = name;
  for (let number = 1; taken.includes(free); number++) free = `${name}_${number}`;
  return free;
}

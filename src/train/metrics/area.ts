import { divided, type Measure } from "./measure.ts";
import { type Counts, thresholdMeasure } from "./threshold-counts.ts";

/** How Keras' `AUC` is made. */
export interface AreaOptions {
  readonly curve: "ROC" | "PR";
  readonly summation: "interpolation" | "minoring" | "majoring";
  /** Between 0 and 1; else `number` of them in equal steps. */
  readonly thresholds?: readonly number[];
  readonly number: number;
  /** The mean over the classes instead of all outputs in one. */
  readonly perClass: boolean;
  /** What the area of each class counts in their mean; by default all the same. */
  readonly weights?: readonly number[];
  /** The outputs are logits, of which Keras takes the sigmoid. */
  readonly fromLogits: boolean;
}

/** The area under a curve of a few hundred thresholds. @see keras/src/metrics/confusion_metrics.py `AUC` */
export function areaUnderCurve(options: AreaOptions): Measure {
  const { thresholds: given, number, perClass, weights, fromLogits } = options;
  const inner =
    given === undefined
      ? Array.from({ length: number - 2 }, (_, i) => (i + 1) / (number - 1))
      : [...given].sort((a, b) => a - b);
  const isEven = given === undefined || areEven([0, ...inner, 1]);
  const thresholds = [-EPSILON, ...inner, 1 + EPSILON];
  const measure = thresholdMeasure(
    { thresholds, perClass, ...(isEven ? { steps: "beyond" } : {}) },
    (groups) => {
      let [sum, total] = [0, 0];
      groups.forEach((counts, index) => {
        const weight = weights?.[index] ?? 1;
        sum += weight * areaOf(counts, options);
        total += weight;
      });
      return sum / total;
    },
  );
  if (!fromLogits) return measure;
  return {
    ...measure,
    sums: ({ output, ...rest }) => measure.sums({ ...rest, output: output.map(sigmoid) }),
  };
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

const EPSILON = 1e-7;

function areEven(thresholds: readonly number[]): boolean {
  const last = thresholds.length - 1;
  return last > 1 && thresholds.every((value, index) => Math.abs(value - index / last) <= EPSILON);
}

function areaOf(counts: readonly Counts[], { curve, summation }: AreaOptions): number {
  const between = curve === "PR" && summation === "interpolation" ? interpolated : undefined;
  let area = 0;
  for (let i = 0; i + 1 < counts.length; i++) {
    const [a, b] = [counts[i], counts[i + 1]];
    if (a === undefined || b === undefined) continue;
    if (between !== undefined) {
      area += between(a, b);
      continue;
    }
    const [from, to] = [pointOf(a, curve), pointOf(b, curve)];
    const heights = { interpolation: (from.y + to.y) / 2, minoring: Math.min(from.y, to.y) };
    const height = summation === "majoring" ? Math.max(from.y, to.y) : heights[summation];
    area += (from.x - to.x) * height;
  }
  return area;
}

function pointOf(
  { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn }: Counts,
  curve: AreaOptions["curve"],
): { readonly x: number; readonly y: number } {
  const recall = divided(tp, tp + fn);
  return curve === "ROC"
    ? { x: divided(fp, fp + tn), y: recall }
    : { x: recall, y: divided(tp, tp + fp) };
}

/** Between two points of a precision and recall curve both counts grow evenly. @see Davis and Goadrich 2006, section 4 */
function interpolated(a: Counts, b: Counts): number {
  const [all, fewer] = [a, b].map((c) => c.truePositives + c.falsePositives);
  const [before = 0, after = 0] = [all, fewer];
  const rise = a.truePositives - b.truePositives;
  const slope = divided(rise, Math.max(before - after, 0));
  const intercept = b.truePositives - slope * after;
  const ratio = before > 0 && after > 0 ? before / after : 1;
  return divided(slope * (rise + intercept * Math.log(ratio)), b.truePositives + b.falseNegatives);
}

import type { JsonObject } from "../../json.ts";
import { eachRow, type Measure, meanOverRows } from "./measure.ts";

/** Keras' metrics of how outputs and targets move together, by their classes' names in snake case; undefined for another name. */
export function regressionMeasure(kind: string, config: JsonObject): Measure | undefined {
  return MADE.get(kind)?.(config);
}

/** The names that are known. */
export function regressionNames(): readonly string[] {
  return [...MADE.keys()];
}

/** How much of the targets' variance is explained. @see keras/src/metrics/regression_metrics.py `R2Score` */
function r2Score({ class_aggregation: how, num_regressors: regressors = 0 }: JsonObject): Measure {
  return {
    sums(batch) {
      const sums = new Array<number>(batch.classes * EACH).fill(0);
      eachRow(batch, (row, target, weight) => {
        row.forEach((p, index) => {
          const t = target[index] ?? 0;
          const parts = [t * weight, t * t * weight, (t - p) ** 2 * weight, weight, 1];
          parts.forEach((value, at) => {
            sums[index * EACH + at] = (sums[index * EACH + at] ?? 0) + value;
          });
        });
      });
      return sums;
    },
    value(sums) {
      const columns = Array.from({ length: sums.length / EACH }, (_, index) => {
        const [sum = 0, squares = 0, off = 0, weight = 0, count = 0] = sums.slice(index * EACH);
        const spread = squares - (sum * sum) / weight;
        const score = 1 - off / spread;
        return { spread, count, score: Number.isFinite(score) ? score : 0 };
      });
      const byVariance = how === "variance_weighted_average";
      let [all, weights, numbers] = [0, 0, 0];
      for (const { score, spread, count } of columns) {
        const own = byVariance ? spread : 1;
        all += own * score;
        weights += own;
        numbers += count;
      }
      return adjusted(all / weights, numbers, typeof regressors === "number" ? regressors : 0);
    },
  };
}

/** The sum of targets, of their squares, of squared errors, of weights, and how many. */
const EACH = 5;

/** Keras counts numbers, not samples. */
function adjusted(score: number, count: number, regressors: number): number {
  if (regressors === 0 || regressors >= count - 1) return score;
  return 1 - ((1 - score) * (count - 1)) / (count - regressors - 1);
}

interface Moments {
  readonly means: readonly [output: number, target: number];
  readonly variances: readonly [output: number, target: number];
  readonly together: number;
}

function momentsOf(row: Float32Array, target: Float32Array): Moments {
  const mean = (of: (index: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += of(i);
    return sum / row.length;
  };
  const means = [mean((i) => row[i] ?? 0), mean((i) => target[i] ?? 0)] as const;
  const [p, t] = means;
  const variances = [
    mean((i) => ((row[i] ?? 0) - p) ** 2),
    mean((i) => ((target[i] ?? 0) - t) ** 2),
  ] as const;
  return { means, variances, together: mean((i) => ((row[i] ?? 0) - p) * ((target[i] ?? 0) - t)) };
}

/** @see keras/src/metrics/correlation_metrics.py */
const pearson = meanOverRows((row, target) => {
  const { variances, together } = momentsOf(row, target);
  return together / Math.sqrt(variances[0] * variances[1]);
});

const concordance = meanOverRows((row, target) => {
  const { means, variances, together } = momentsOf(row, target);
  const apart = (means[0] - means[1]) ** 2;
  return (2 * together) / (variances[0] + variances[1] + apart + 1e-7);
});

const MADE: ReadonlyMap<string, (config: JsonObject) => Measure> = new Map([
  ["r2_score", r2Score],
  ["pearson_correlation", () => pearson],
  ["concordance_correlation", () => concordance],
]);

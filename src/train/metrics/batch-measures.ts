import type { Measure, MeasuredBatch } from "./measure.ts";

/**
 * Metrics of Keras 1 that count all numbers of a batch, and are averaged over the batches; undefined for another name.
 * @see keras/metrics.py (1.2.2), which Keras 2 no longer has
 */
export function batchMeasure(kind: string): Measure | undefined {
  const measure = MEASURES.get(kind);
  if (measure === undefined) return undefined;
  return {
    sums(batch) {
      const rows = batch.output.length / batch.classes;
      return [measure(countsOf(batch)) * rows, rows];
    },
    value: ([sum = 0, rows = 0]) => sum / rows,
  };
}

interface BatchCounts {
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
  readonly without: number;
}

function countsOf({ output, target }: MeasuredBatch): BatchCounts {
  let [right, said, wanted] = [0, 0, 0];
  output.forEach((p, index) => {
    const t = isPositive(target[index] ?? 0);
    const own = isPositive(p);
    right += t && own ? 1 : 0;
    said += own ? 1 : 0;
    wanted += t ? 1 : 0;
  });
  const without = output.length - said - wanted + right;
  return { right, wrong: said - right, missed: wanted - right, without };
}

/** As TensorFlow rounds: a half goes to the even number, which is 0. */
function isPositive(value: number): boolean {
  return value > 0.5;
}

const EPSILON = Math.fround(1e-7);

const precision = ({ right, wrong }: BatchCounts): number => right / (right + wrong + EPSILON);
const recall = ({ right, missed }: BatchCounts): number => right / (right + missed + EPSILON);

function fMeasure(counts: BatchCounts): number {
  const [p, r] = [precision(counts), recall(counts)];
  return (2 * p * r) / (p + r + EPSILON);
}

function matthews({ right, wrong, missed, without }: BatchCounts): number {
  const sides = (right + wrong) * (right + missed) * (without + wrong) * (without + missed);
  return (right * without - wrong * missed) / (Math.sqrt(sides) + EPSILON);
}

const MEASURES: ReadonlyMap<string, (counts: BatchCounts) => number> = new Map([
  ["precision", precision],
  ["recall", recall],
  ["fmeasure", fMeasure],
  ["fbeta_score", fMeasure],
  ["matthews_correlation", matthews],
]);

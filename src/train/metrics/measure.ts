/** Outputs and targets of a batch, row-major. */
export interface MeasuredBatch {
  readonly output: Float32Array;
  /** Of the output's size, or one class a row. */
  readonly target: Float32Array;
  /** Numbers of a row. */
  readonly classes: number;
  /** What each sample counts; 1 by default. */
  readonly weights?: Float32Array | undefined;
}

/** A number over all batches of an epoch: sums that each batch adds to, and what they say. */
export interface Measure {
  /** What a batch adds; as many numbers every time. */
  sums(batch: MeasuredBatch): readonly number[];
  /** Of the sums of all batches. */
  value(sums: readonly number[]): number;
  /** Whether it counts things rather than summing parts. */
  readonly inWholeNumbers?: true;
}

/** The mean over all rows, by their weights. */
export function meanOverRows(
  measure: (row: Float32Array, target: Float32Array) => number,
): Measure {
  return {
    sums(batch) {
      let [sum, rows] = [0, 0];
      eachRow(batch, (row, target, weight) => {
        sum += weight * measure(row, target);
        rows += weight;
      });
      return [sum, rows];
    },
    value: ([sum = 0, rows = 0]) => sum / rows,
  };
}

/** What each row counts: as much as its sample. */
export function rowWeights({ output, classes, weights }: MeasuredBatch): Float32Array {
  const rows = output.length / classes;
  const perSample = weights === undefined ? 1 : rows / weights.length;
  return Float32Array.from(
    { length: rows },
    (_, row) => weights?.[Math.floor(row / perSample)] ?? 1,
  );
}

/** Rows of outputs with theirs of the targets, and what they count. */
export function eachRow(
  { output, target, classes, weights }: MeasuredBatch,
  visit: (row: Float32Array, target: Float32Array, weight: number) => void,
): void {
  const counts =
    weights === undefined ? undefined : rowWeights({ output, target, classes, weights });
  const rows = output.length / classes;
  const wide = target.length / rows;
  for (let row = 0; row < rows; row++) {
    visit(
      output.subarray(row * classes, (row + 1) * classes),
      target.subarray(row * wide, (row + 1) * wide),
      counts?.[row] ?? 1,
    );
  }
}

/** As Keras divides: nothing by nothing is 0. */
export function divided(above: number, below: number): number {
  return below === 0 ? 0 : above / below;
}

/** Outputs and targets of a batch, row-major. */
export interface MeasuredBatch {
  readonly output: Float32Array;
  /** Of the output's size, or one class a row. */
  readonly target: Float32Array;
  /** Numbers of a row. */
  readonly classes: number;
}

/** A number over all batches of an epoch: sums that each batch adds to, and what they say. */
export interface Measure {
  /** What a batch adds; as many numbers every time. */
  sums(batch: MeasuredBatch): readonly number[];
  /** Of the sums of all batches. */
  value(sums: readonly number[]): number;
}

/** The mean over all rows. */
export function meanOverRows(
  measure: (row: Float32Array, target: Float32Array) => number,
): Measure {
  return {
    sums(batch) {
      let [sum, rows] = [0, 0];
      eachRow(batch, (row, target) => {
        sum += measure(row, target);
        rows++;
      });
      return [sum, rows];
    },
    value: ([sum = 0, rows = 0]) => sum / rows,
  };
}

/** Rows of outputs with theirs of the targets. */
export function eachRow(
  { output, target, classes }: MeasuredBatch,
  visit: (row: Float32Array, target: Float32Array) => void,
): void {
  const rows = output.length / classes;
  const wide = target.length / rows;
  for (let row = 0; row < rows; row++) {
    visit(
      output.subarray(row * classes, (row + 1) * classes),
      target.subarray(row * wide, (row + 1) * wide),
    );
  }
}

/** As Keras divides: nothing by nothing is 0. */
export function divided(above: number, below: number): number {
  return below === 0 ? 0 : above / below;
}

/** Columns that are multiplied at a time. */
export const PANEL_WIDTH = 4;

/** A matrix of float32 weights, `rows` by `depth`, within a larger array. */
export interface WeightMatrix {
  readonly data: Float32Array;
  readonly start: number;
  readonly rows: number;
  readonly depth: number;
}

/**
 * Multiplies a weight matrix with four columns, given as `panel[depth * 4 + column]`, and hands
 * each row's four sums to `store`. The innermost loop of every convolution: two rows at a time keep
 * eight float64 sums in registers.
 */
export function multiplyPanel(
  matrix: WeightMatrix,
  panel: Float64Array,
  store: (row: number, s0: number, s1: number, s2: number, s3: number) => void,
): void {
  const { data, start, rows, depth } = matrix;
  for (let row = 0; row < rows; row += 2) {
    const first = start + row * depth;
    // With an odd number of rows the last one is computed twice and stored once.
    const second = row + 1 < rows ? first + depth : first;
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let k = 0, p = 0; k < depth; k++, p += PANEL_WIDTH) {
      const a = data[first + k] ?? 0;
      const b = data[second + k] ?? 0;
      const x0 = panel[p] ?? 0;
      const x1 = panel[p + 1] ?? 0;
      const x2 = panel[p + 2] ?? 0;
      const x3 = panel[p + 3] ?? 0;
      a0 += a * x0;
      a1 += a * x1;
      a2 += a * x2;
      a3 += a * x3;
      b0 += b * x0;
      b1 += b * x1;
      b2 += b * x2;
      b3 += b * x3;
    }
    store(row, a0, a1, a2, a3);
    if (row + 1 < rows) store(row + 1, b0, b1, b2, b3);
  }
}

/** Inner products of every row of the matrix with one vector. */
export function multiplyVector(
  matrix: WeightMatrix,
  vector: Float32Array | Float64Array,
  at: number,
  store: (row: number, sum: number) => void,
): void {
  const { data, start, rows, depth } = matrix;
  for (let row = 0; row < rows; row++) {
    const offset = start + row * depth;
    let even = 0;
    let odd = 0;
    let k = 0;
    for (; k + 1 < depth; k += 2) {
      even += (data[offset + k] ?? 0) * (vector[at + k] ?? 0);
      odd += (data[offset + k + 1] ?? 0) * (vector[at + k + 1] ?? 0);
    }
    if (k < depth) even += (data[offset + k] ?? 0) * (vector[at + k] ?? 0);
    store(row, even + odd);
  }
}

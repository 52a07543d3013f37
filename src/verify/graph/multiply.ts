/** How many vectors are multiplied at a time. */
export const PANEL = 4;

/** Rows of weights, each of `depth` numbers, from `start` on. */
export interface Rows {
  readonly data: Float64Array;
  readonly start: number;
  readonly count: number;
  readonly depth: number;
}

/**
 * Inner products of every row with four vectors, which stand side by side: `panel[k * 4 + vector]`. Two rows at
 * a time, so that eight sums stay in registers; each sum runs in the order of `k`.
 */
export function multiplyRows(
  { data, start, count, depth }: Rows,
  panel: Float64Array,
  store: (row: number, s0: number, s1: number, s2: number, s3: number) => void,
): void {
  for (let row = 0; row < count; row += 2) {
    const first = start + row * depth;
    // The last of an odd number of rows is computed twice and stored once.
    const second = row + 1 < count ? first + depth : first;
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let k = 0, p = 0; k < depth; k++, p += PANEL) {
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
    if (row + 1 < count) store(row + 1, b0, b1, b2, b3);
  }
}

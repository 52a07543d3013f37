/**
 * Rows of the given length made orthogonal and as long as 1, one after the other: what a QR decomposition gives whose
 * triangle has a positive diagonal.
 */
export function orthogonalRows(rows: Float64Array, length: number): Float64Array {
  const result = Float64Array.from(rows);
  const count = length === 0 ? 0 : rows.length / length;
  for (let row = 0; row < count; row++) {
    const vector = result.subarray(row * length, (row + 1) * length);
    // Once more takes off what rounding left.
    for (let round = 0; round < 2; round++) {
      for (let before = 0; before < row; before++) {
        const other = result.subarray(before * length, (before + 1) * length);
        takeOff(vector, other);
      }
    }
    const norm = Math.sqrt(product(vector, vector));
    for (let at = 0; at < length; at++) vector[at] = (vector[at] ?? 0) / norm;
  }
  return result;
}

function takeOff(vector: Float64Array, other: Float64Array): void {
  const share = product(vector, other);
  for (let at = 0; at < vector.length; at++) {
    vector[at] = (vector[at] ?? 0) - share * (other[at] ?? 0);
  }
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

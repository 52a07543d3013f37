import { around, emptyTensor, type Tensor } from "./tensor.ts";

/** Shares that add up to one along an axis. */
export function softmaxOf(x: Tensor, axis: number): Tensor {
  const [outer, size, inner] = around(x.shape, axis);
  const result = emptyTensor(x.shape);
  for (let group = 0; group < outer * inner; group++) {
    const start = Math.floor(group / inner) * size * inner + (group % inner);
    let largest = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < size; at++) largest = Math.max(largest, x.data[start + at * inner] ?? 0);
    let sum = 0;
    for (let at = 0; at < size; at++) sum += Math.exp((x.data[start + at * inner] ?? 0) - largest);
    for (let at = 0; at < size; at++) {
      const place = start + at * inner;
      result.data[place] = Math.exp((x.data[place] ?? 0) - largest) / sum;
    }
  }
  return result;
}

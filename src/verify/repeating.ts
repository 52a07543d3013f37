import { around, emptyTensor, type Tensor } from "./tensor.ts";

/** An axis so many times over. */
export function repeated(x: Tensor, axis: number, count: number): Tensor {
  const [outer, size, inner] = around(x.shape, axis);
  const result = emptyTensor(x.shape.map((one, at) => (at === axis ? one * count : one)));
  const stretch = size * inner;
  for (let item = 0; item < outer; item++) {
    const part = x.data.subarray(item * stretch, (item + 1) * stretch);
    for (let copy = 0; copy < count; copy++) {
      result.data.set(part, (item * count + copy) * stretch);
    }
  }
  return result;
}

import type { Checks } from "./call.ts";
import { emptyTensor, gather, stridesOf, type Tensor } from "./tensor.ts";

/** The common shape of shapes that differ by ones, aligned at the last axis as in numpy. */
export function broadcastShape(checks: Checks, shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((one) => one !== 1) ?? 1;
    checks.require(
      sizes.every((one) => one === 1 || one === size),
      `cannot join shapes ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ")}`,
    );
    return size;
  });
}

/** Repeats axes of size 1 to reach `shape`, which must be a common shape. */
export function broadcastTo(tensor: Tensor, shape: readonly number[]): Tensor {
  if (tensor.shape.join() === shape.join()) return tensor;
  const strides = stridesOf(tensor.shape);
  const missing = shape.length - tensor.shape.length;
  const steps = shape.map((_, axis) =>
    (tensor.shape[axis - missing] ?? 1) === 1 ? 0 : (strides[axis - missing] ?? 0),
  );
  return gather(tensor.data, shape, 0, steps);
}

/** `f` of corresponding numbers of all tensors, from left to right, broadcast as in numpy. */
export function combine(
  checks: Checks,
  tensors: readonly Tensor[],
  f: (left: number, right: number) => number,
): Tensor {
  const shape = broadcastShape(
    checks,
    tensors.map((tensor) => tensor.shape),
  );
  const sources = tensors.map((tensor) => broadcastTo(tensor, shape).data);
  const result = emptyTensor(shape);
  const [first, ...rest] = sources;
  for (let index = 0; index < result.data.length; index++) {
    let value = first?.[index] ?? 0;
    for (const source of rest) value = f(value, source[index] ?? 0);
    result.data[index] = value;
  }
  return result;
}

import type { Checks } from "./call.ts";
import { around, emptyTensor, type Tensor } from "./tensor.ts";

/** Tensors one after another along an axis. */
export function join(checks: Checks, tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0]?.shape ?? [];
  let total = 0;
  for (const { shape } of tensors) {
    const fits =
      shape.length === first.length &&
      shape.every((size, index) => index === axis || size === first[index]);
    checks.require(fits, `joins [${first}] and [${shape}] along axis ${axis}`);
    total += shape[axis] ?? 0;
  }
  const result = emptyTensor(first.map((size, index) => (index === axis ? total : size)));
  const [outer, , inner] = around(result.shape, axis);
  let at = 0;
  for (const { shape, data } of tensors) {
    const stretch = (shape[axis] ?? 0) * inner;
    for (let item = 0; item < outer; item++) {
      const part = data.subarray(item * stretch, (item + 1) * stretch);
      result.data.set(part, item * total * inner + at);
    }
    at += stretch;
  }
  return result;
}

/** An axis in so many equal parts. */
export function cutEqually(
  checks: Checks,
  x: Tensor,
  axis: number,
  parts: number,
): readonly Tensor[] {
  const size = (x.shape[axis] ?? 0) / parts;
  checks.require(
    Number.isInteger(size) && size > 0,
    `cuts ${x.shape[axis]} into ${parts} equal parts`,
  );
  return cut(checks, x, axis, new Array<number>(parts).fill(size));
}

/** An axis in parts of stated sizes. */
export function cut(
  checks: Checks,
  x: Tensor,
  axis: number,
  sizes: readonly number[],
): readonly Tensor[] {
  const [outer, total, inner] = around(x.shape, axis);
  checks.require(
    sizes.reduce((sum, size) => sum + size, 0) === total,
    `cuts ${total} into parts of ${sizes.join(", ")}`,
  );
  let start = 0;
  return sizes.map((size) => {
    const part = emptyTensor(x.shape.map((one, index) => (index === axis ? size : one)));
    for (let item = 0; item < outer; item++) {
      const from = (item * total + start) * inner;
      part.data.set(x.data.subarray(from, from + size * inner), item * size * inner);
    }
    start += size;
    return part;
  });
}

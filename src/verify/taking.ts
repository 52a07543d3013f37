import { gather, stridesOf, type Tensor } from "./tensor.ts";

/** `count` places of an axis, from `start` in steps. */
export function take(x: Tensor, axis: number, start: number, step: number, count: number): Tensor {
  const strides = stridesOf(x.shape);
  const stride = strides[axis] ?? 1;
  const shape = x.shape.map((size, index) => (index === axis ? count : size));
  const steps = strides.map((one, index) => (index === axis ? one * step : one));
  return gather(x.data, shape, start * stride, steps);
}

/** A begin or end as Python understands it, within the axis. */
export function clamp(index: number, size: number, step: number): number {
  const positive = index < 0 ? index + size : index;
  return step > 0
    ? Math.min(Math.max(positive, 0), size)
    : Math.min(Math.max(positive, -1), size - 1);
}

import type { ResizeOp } from "../../ir/ops/shape.ts";
import { channelsLast } from "./layout.ts";
import { alongAxis, at, dim, only, type Tensor } from "./tensor.ts";

/** Another size, by one kernel along each axis in turn. */
export function resize(op: ResizeOp, inputs: readonly Tensor[]): readonly Tensor[] {
  return channelsLast(only(inputs), op.layout, (x) => {
    let result = x;
    for (let axis = 1; axis < x.shape.length - 1; axis++) {
      const size = op.size?.[axis - 1] ?? dim(x, axis) * (op.factors?.[axis - 1] ?? 1);
      const rows = Array.from({ length: size }, (_, i) => taps(op, i, dim(x, axis), size));
      result = alongAxis(result, axis, (values) =>
        Float64Array.from(rows, (row) =>
          row.reduce((sum, [index, weight]) => sum + at(values, index) * weight, 0),
        ),
      );
    }
    return result;
  });
}

type Taps = readonly (readonly [index: number, weight: number])[];

/** Which input elements make output element `i`, and with which weights. */
function taps(op: ResizeOp, i: number, input: number, output: number): Taps {
  const scale = input / output;
  const half = op.coordinates === "half-pixel";
  const position = half ? (i + 0.5) * scale - 0.5 : i * scale;
  switch (op.interpolation) {
    case "nearest":
      return [[clamp(Math.floor(half ? (i + 0.5) * scale : i * scale), input), 1]];
    case "bilinear": {
      const low = Math.floor(position);
      const share = position - low;
      return [
        [clamp(low, input), 1 - share],
        [clamp(low + 1, input), share],
      ];
    }
    case "area":
      return area(i * scale, (i + 1) * scale, input);
    default:
      return kernelTaps(op.interpolation, position, input);
  }
}

/** The share of each element in the stretch from `start` to `end`. */
function area(start: number, end: number, input: number): Taps {
  const last = Math.min(Math.ceil(end), input);
  const list: [number, number][] = [];
  for (let i = Math.floor(start); i < last; i++) {
    list.push([i, (Math.min(end, i + 1) - Math.max(start, i)) / (end - start)]);
  }
  return list;
}

type Kernel = Exclude<ResizeOp["interpolation"], "nearest" | "bilinear" | "area">;

/** Weights of a kernel around the position, over the elements that exist, made to sum to 1. */
function kernelTaps(kernel: Kernel, given: number, input: number): Taps {
  // TensorFlow looks bicubic weights up in a table of 1024 places between two elements.
  const position = kernel === "bicubic" ? Math.round(given * 1024) / 1024 : given;
  const list: [number, number][] = [];
  for (let i = Math.floor(position) - 5; i <= Math.floor(position) + 6; i++) {
    if (i < 0 || i >= input) continue;
    const weight = kernelAt(kernel, Math.abs(position - i));
    if (weight !== 0) list.push([i, weight]);
  }
  const sum = list.reduce((total, [, weight]) => total + weight, 0);
  return list.map(([index, weight]) => [index, weight / sum]);
}

function kernelAt(kernel: Kernel, x: number): number {
  switch (kernel) {
    case "bicubic":
      return cubic(x, 0, 0.5);
    case "mitchellcubic":
      return cubic(x, 1 / 3, 1 / 3);
    case "lanczos3":
      return x < 3 ? sinc(x) * sinc(x / 3) : 0;
    case "lanczos5":
      return x < 5 ? sinc(x) * sinc(x / 5) : 0;
    case "gaussian":
      return x < 1.5 ? Math.exp((-x * x) / (2 * 0.5 ** 2)) : 0;
  }
}

/** The two-parameter family of Mitchell and Netravali, 1988. */
function cubic(x: number, b: number, c: number): number {
  if (x < 1)
    return ((12 - 9 * b - 6 * c) * x ** 3 + (-18 + 12 * b + 6 * c) * x ** 2 + 6 - 2 * b) / 6;
  if (x >= 2) return 0;
  const square = (6 * b + 30 * c) * x ** 2;
  return ((-b - 6 * c) * x ** 3 + square + (-12 * b - 48 * c) * x + 8 * b + 24 * c) / 6;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function clamp(index: number, size: number): number {
  return Math.min(Math.max(index, 0), size - 1);
}

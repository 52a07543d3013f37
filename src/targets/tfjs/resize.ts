import {
  gather,
  image,
  matMul,
  reshape,
  type Tensor,
  tensor1d,
  tensor2d,
  transpose,
} from "@tensorflow/tfjs-core";
import type { ResizeOp } from "../../ir/ops/shape.ts";
import { isSmoothing, samplingMatrix } from "../sampling.ts";
import { type Computed, computed, tensorAt } from "./forward.ts";
import { channelsLast, fourAxes, sizeAt } from "./rank.ts";

/** Another size of the spatial axes. */
export function resize(op: ResizeOp, inputs: readonly Tensor[]): Computed {
  return computed(
    channelsLast(tensorAt(inputs, 0), op.layout, (x) => {
      const sizes = x.shape
        .slice(1, -1)
        .map((size, axis) => op.size?.[axis] ?? size * (op.factors?.[axis] ?? 1));
      if (op.interpolation === "bilinear" && x.rank === 4) return bilinear(op, x, sizes);
      return sizes.reduce((y, size, index) => resizeAxis(op, y, index + 1, size), x);
    }),
  );
}

function bilinear(op: ResizeOp, x: Tensor, sizes: readonly number[]): Tensor {
  const [height = 1, width = 1] = sizes;
  const half = op.coordinates === "half-pixel";
  return image.resizeBilinear(fourAxes(x), [height, width], false, half);
}

function resizeAxis(op: ResizeOp, x: Tensor, axis: number, size: number): Tensor {
  const from = sizeAt(x, axis);
  const { interpolation, coordinates } = op;
  if (from === size && !isSmoothing(interpolation)) return x;
  const matrix = samplingMatrix(interpolation, coordinates, from, size);
  if (interpolation === "nearest") {
    const places = Array.from({ length: size }, (_, row) =>
      matrix.subarray(row * from, (row + 1) * from).indexOf(1),
    );
    return gather(x, tensor1d(places, "int32"), axis);
  }
  return multiplyAxis(x, axis, tensor2d(Float32Array.from(matrix), [size, from]));
}

/** Every vector along one axis multiplied by a matrix. */
export function multiplyAxis(x: Tensor, axis: number, matrix: Tensor): Tensor {
  const order = [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)];
  const moved = transpose(x, order);
  const product = matMul(matrix, reshape(moved, [sizeAt(moved, 0), -1]));
  const back = reshape(product, moved.shape.with(0, sizeAt(matrix, 0)));
  return transpose(
    back,
    x.shape.map((_, i) => order.indexOf(i)),
  );
}

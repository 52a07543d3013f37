import { broadcastShape, broadcastTo } from "./broadcast.ts";
import type { Checks } from "./call.ts";
import { checkWork } from "./limits.ts";
import { multiplyVector } from "./multiply.ts";
import { emptyTensor, sizeOf, type Tensor, transposed } from "./tensor.ts";

/** Each stretch of `depth` numbers times a matrix `[rows, depth]`, plus a bias. */
export function multiplyRows(
  x: Tensor,
  weights: Float32Array,
  rows: number,
  depth: number,
  bias: Float32Array | undefined,
  result: Tensor,
): void {
  checkWork(result.data.length, depth);
  const matrix = { data: weights, start: 0, rows, depth };
  const count = result.data.length / rows;
  for (let item = 0; item < count; item++) {
    multiplyVector(matrix, x.data, item * depth, (row, sum) => {
      result.data[item * rows + row] = sum + (bias?.[row] ?? 0);
    });
  }
}

/** Matrices in the last two axes, the axes before them broadcast. */
export function multiplyBatches(checks: Checks, left: Tensor, right: Tensor): Tensor {
  const [rows = 1, depth = 1] = left.shape.slice(-2);
  const [height = 1, columns = 1] = right.shape.slice(-2);
  checks.require(depth === height, `multiplies [${left.shape}] with [${right.shape}]`);
  const lead = broadcastShape(checks, [left.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const a = broadcastTo(left, [...lead, rows, depth]);
  const axes = lead.map((_, axis) => axis);
  const b = transposed(broadcastTo(right, [...lead, depth, columns]), [
    ...axes,
    axes.length + 1,
    axes.length,
  ]);
  const result = emptyTensor([...lead, rows, columns]);
  checkWork(result.data.length, depth);
  for (let item = 0; item < sizeOf(lead); item++) {
    const matrix = { data: b.data, start: item * columns * depth, rows: columns, depth };
    for (let row = 0; row < rows; row++) {
      const at = item * rows + row;
      multiplyVector(matrix, a.data, at * depth, (column, sum) => {
        result.data[at * columns + column] = sum;
      });
    }
  }
  return result;
}

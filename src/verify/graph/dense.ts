import type { DenseOp, DotOp, EmbeddingOp, MatmulOp } from "../../ir/ops/dense.ts";
import { alongAxis, at, build, dim, only, pick, type Tensor, transpose, zeros } from "./tensor.ts";
import { load, loadOr } from "./weight.ts";

/** Matrix product over the last axis. */
export function dense(op: DenseOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const kernel = load(op.weights.kernel);
  const [size, units] = [dim(kernel, 0), dim(kernel, 1)];
  const bias = loadOr(op.weights.bias, units, 0);
  const y = zeros([...x.shape.slice(0, -1), units]);
  for (let row = 0; row < x.data.length / size; row++) {
    for (let o = 0; o < units; o++) {
      let sum = at(bias, o);
      for (let i = 0; i < size; i++)
        sum += at(x.data, row * size + i) * at(kernel.data, i * units + o);
      y.data[row * units + o] = sum;
    }
  }
  return [y];
}

/** Matrix product of the last two axes, the leading ones alike or of size 1. */
export function matmul(op: MatmulOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const a = op.transposeA ? swapLast(at(inputs, 0)) : at(inputs, 0);
  const b = op.transposeB ? swapLast(at(inputs, 1)) : at(inputs, 1);
  const lead = a.shape.slice(0, -2).map((size, axis) => Math.max(size, at(b.shape, axis)));
  const inner = dim(a, -1);
  return [
    build([...lead, dim(a, -2), dim(b, -1)], (index) => {
      const [row = 0, column = 0] = index.slice(-2);
      let sum = 0;
      for (let i = 0; i < inner; i++) {
        sum +=
          pick(a, [...index.slice(0, -2), row, i]) * pick(b, [...index.slice(0, -2), i, column]);
      }
      return sum;
    }),
  ];
}

/** Inner products of two inputs along one axis each. */
export function dot(op: DotOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const [axisA, axisB] = op.axes;
  const a = op.normalize ? normalize(at(inputs, 0), axisA) : at(inputs, 0);
  const b = op.normalize ? normalize(at(inputs, 1), axisB) : at(inputs, 1);
  const restA = a.shape.filter((_, axis) => axis !== 0 && axis !== axisA);
  const restB = b.shape.filter((_, axis) => axis !== 0 && axis !== axisB);
  const rest = [...restA, ...restB];
  const shape = [dim(a, 0), ...(rest.length === 0 ? [1] : rest)];
  return [
    build(shape, ([batch = 0, ...index]) => {
      const placeA = [batch, ...index.slice(0, restA.length)];
      const placeB = [batch, ...index.slice(restA.length, rest.length)];
      let sum = 0;
      for (let i = 0; i < dim(a, axisA); i++) {
        sum += pick(a, placeA.toSpliced(axisA, 0, i)) * pick(b, placeB.toSpliced(axisB, 0, i));
      }
      return sum;
    }),
  ];
}

/** Rows of a table by number. */
export function embedding(op: EmbeddingOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const table = load(op.weights.embeddings);
  return [
    build([...x.shape, dim(table, 1)], (index) =>
      pick(table, [Math.trunc(pick(x, index.slice(0, -1))), at(index, index.length - 1)]),
    ),
  ];
}

function swapLast(tensor: Tensor): Tensor {
  const axes = tensor.shape.map((_, axis) => axis);
  const rank = axes.length;
  return transpose(tensor, [...axes.slice(0, -2), rank - 1, rank - 2]);
}

function normalize(tensor: Tensor, axis: number): Tensor {
  return alongAxis(tensor, axis, (values) => {
    const sum = values.reduce((total, x) => total + x * x, 0);
    return values.map((x) => x / Math.sqrt(Math.max(sum, 1e-12)));
  });
}

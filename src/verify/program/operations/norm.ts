import { statistics } from "../../statistics.ts";
import { around, emptyTensor, sizeOf, type Tensor, transposed } from "../../tensor.ts";
import type { OperationRun } from "../call.ts";

/** With stored statistics, over channels (axis 1). */
export const batch_norm: OperationRun = (call) => {
  const x = call.tensor("x", 2);
  const [, channels, inner] = around(x.shape, 1);
  const epsilon = call.number("epsilon", 1e-5);
  const vector = (name: string) => call.vector(name, channels);
  const [mean, variance] = [vector("mean"), vector("variance")];
  const [gamma, beta] = [vector("gamma"), vector("beta")];
  if (mean === undefined || variance === undefined) return call.fail("has no statistics");
  const result = emptyTensor(x.shape);
  for (let index = 0; index < x.data.length; index++) {
    const channel = Math.floor(index / inner) % channels;
    const factor = (gamma?.[channel] ?? 1) / Math.sqrt((variance[channel] ?? 1) + epsilon);
    const value = ((x.data[index] ?? 0) - (mean[channel] ?? 0)) * factor;
    result.data[index] = value + (beta?.[channel] ?? 0);
  }
  return result;
};

/** Each channel of each sample by its own mean and variance. */
export const instance_norm: OperationRun = (call) => {
  const x = call.tensor("x", 3);
  const [, channels, inner] = around(x.shape, 1);
  const epsilon = call.number("epsilon", 1e-5);
  const gamma = call.vector("gamma", channels);
  const beta = call.vector("beta", channels);
  const result = emptyTensor(x.shape);
  for (let start = 0, plane = 0; start < x.data.length; start += inner, plane++) {
    const channel = plane % channels;
    standardise(x, result, start, inner, epsilon, () => [
      gamma?.[channel] ?? 1,
      beta?.[channel] ?? 0,
    ]);
  }
  return result;
};

/** Each stretch of the chosen axes, all by default, by its own mean and variance. */
export const layer_norm: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const rank = x.shape.length;
  const all = x.shape.map((_, axis) => axis);
  const axes = [...new Set(call.numbers("axes", all).map((axis) => call.axis(axis, rank)))].sort(
    (a, b) => a - b,
  );
  const kept = all.filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const moved = transposed(x, order);
  const size = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
  const epsilon = call.number("epsilon", 1e-5);
  const gamma = call.vector("gamma", size);
  const beta = call.vector("beta", size);
  const result = emptyTensor(moved.shape);
  for (let start = 0; start < moved.data.length; start += size) {
    standardise(moved, result, start, size, epsilon, (at) => [gamma?.[at] ?? 1, beta?.[at] ?? 0]);
  }
  return transposed(
    result,
    all.map((axis) => order.indexOf(axis)),
  );
};

/** The last three axes divided by the root of their sum of squares. */
export const l2_norm: OperationRun = (call) => {
  const x = call.tensor("x", 3);
  const size = sizeOf(x.shape.slice(-3));
  const epsilon = call.number("epsilon", 1e-6);
  const result = emptyTensor(x.shape);
  for (let start = 0; start < x.data.length; start += size) {
    let sum = epsilon;
    for (let index = start; index < start + size; index++) sum += (x.data[index] ?? 0) ** 2;
    for (let index = start; index < start + size; index++) {
      result.data[index] = (x.data[index] ?? 0) / Math.sqrt(sum);
    }
  }
  return result;
};

/** Each number by the squares of its neighbours along the channels. */
export const local_response_norm: OperationRun = (call) => {
  const x = call.tensor("x", 3);
  const [, channels, inner] = around(x.shape, 1);
  const size = call.number("size");
  const [alpha, beta] = [call.number("alpha", 1e-4), call.number("beta", 0.75)];
  const k = call.number("k", 1);
  const before = Math.floor((size - 1) / 2);
  const result = emptyTensor(x.shape);
  for (let index = 0; index < x.data.length; index++) {
    const channel = Math.floor(index / inner) % channels;
    const from = Math.max(0, channel - before);
    const to = Math.min(channels, channel - before + size);
    let sum = 0;
    for (let one = from; one < to; one++) {
      sum += (x.data[index + (one - channel) * inner] ?? 0) ** 2;
    }
    result.data[index] = (x.data[index] ?? 0) / (k + (alpha / size) * sum) ** beta;
  }
  return result;
};

function standardise(
  x: Tensor,
  result: Tensor,
  start: number,
  size: number,
  epsilon: number,
  scaleAt: (at: number) => readonly [gamma: number, beta: number],
): void {
  const [mean, variance] = statistics(x, [[start, size]]);
  const factor = 1 / Math.sqrt(variance + epsilon);
  for (let at = 0; at < size; at++) {
    const [gamma, beta] = scaleAt(at);
    result.data[start + at] = ((x.data[start + at] ?? 0) - mean) * factor * gamma + beta;
  }
}

import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

const one = { floatValue: [1] };
const zero = { floatValue: [0] };

test("batchnorm uses the stored statistics, with an unset epsilon of 1e-5", () => {
  const batchnorm = {
    channels: 2,
    gamma: { floatValue: [2, 1] },
    beta: { floatValue: [1, 0] },
    mean: { floatValue: [1, 0] },
    variance: { floatValue: [4, 0] },
  };
  const [, data] = compute({ batchnorm }, tensor([1, 2, 1, 1], [5, 1]));
  expect(data[0]).toBeCloseTo(1 + (2 * 4) / Math.sqrt(4 + 1e-5), 6);
  expect(data[1]).toBeCloseTo(1 / Math.sqrt(1e-5), 3);
});

test("batchnorm computes statistics over the batch or over each sample", () => {
  const batchnorm = { channels: 1, gamma: one, beta: zero, computeMeanVar: true, epsilon: 1e-12 };
  const x = tensor([2, 1, 1, 2], [0, 2, 4, 10]);
  const [, batch] = compute({ batchnorm }, x);
  expect(batch[3]).toBeCloseTo(6 / Math.sqrt(14), 5);
  const [, instance] = compute({ batchnorm: { ...batchnorm, instanceNormalization: true } }, x);
  expect(instance.map((value) => Math.round(value))).toEqual([-1, 1, -1, 1]);
});

test("mvn per channel or across channels, with or without the variance", () => {
  const x = tensor([1, 2, 1, 2], [0, 2, 4, 10]);
  expect(compute({ mvn: {} }, x)[1]).toEqual([-1, 1, -3, 3]);
  expect(compute({ mvn: { acrossChannels: true } }, x)[1]).toEqual([-4, -2, 0, 6]);
  const [, scaled] = compute({ mvn: { normalizeVariance: true } }, x);
  expect(scaled.map((value) => Math.round(value))).toEqual([-1, 1, -1, 1]);
});

test("l2normalize divides each sample by its norm", () => {
  const [, data] = compute({ l2normalize: {} }, tensor([2, 1, 1, 2], [3, 4, 6, 8]));
  expect(data.map((value) => Math.round(value * 1000))).toEqual([600, 800, 600, 800]);
});

test("lrn sums squares of neighbouring channels", () => {
  const lrn = { alpha: 3, beta: 1, localSize: 3, k: 1 };
  // 2 / (1 + 3/3 * (1 + 4 + 9))
  expect(compute({ lrn }, tensor([1, 3, 1, 1]))[1][1]).toBeCloseTo(2 / 15, 6);
});

test("layerNormalization over the last axes, eps inside the root", () => {
  const params = {
    normalizedShape: [2],
    eps: 3,
    gamma: { floatValue: [1, 2] },
    beta: { floatValue: [0, 1] },
  };
  expect(compute({ layerNormalization: params }, tensor([2, 2], [1, 3, 4, 6]))[1]).toEqual([
    -0.5, 2, -0.5, 2,
  ]);
});

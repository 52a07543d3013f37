import { expect, test } from "vitest";
import type { ActivationParams } from "../../../src/formats/coreml/types.gen.ts";
import { compute, tensor } from "../run-layer.ts";

const x = tensor([1, 2, 1, 2], [-2, -0.5, 0.5, 2]);

function close(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 6);
  });
}

const FUNCTIONS: readonly (readonly [ActivationParams, readonly number[]])[] = [
  [{ linear: { alpha: 2, beta: 1 } }, [-3, 0, 2, 5]],
  [{ linear: {} }, [0, 0, 0, 0]],
  [{ ReLU: {} }, [0, 0, 0.5, 2]],
  [{ leakyReLU: { alpha: 0.1 } }, [-0.2, -0.05, 0.5, 2]],
  [{ thresholdedReLU: { alpha: 0.5 } }, [0, 0, 0.5, 2]],
  [{ tanh: {} }, [-0.96402758, -0.46211716, 0.46211716, 0.96402758]],
  [{ scaledTanh: { alpha: 2, beta: 0.5 } }, [-1.52318831, -0.48983733, 0.48983733, 1.52318831]],
  [{ sigmoid: {} }, [0.11920292, 0.37754067, 0.62245933, 0.88079708]],
  [{ sigmoidHard: { alpha: 0.2, beta: 0.5 } }, [0.1, 0.4, 0.6, 0.9]],
  [{ ELU: { alpha: 2 } }, [-1.72932943, -0.78693868, 0.5, 2]],
  [{ softsign: {} }, [-0.66666667, -0.33333333, 0.33333333, 0.66666667]],
  [{ softplus: {} }, [0.12692801, 0.47407698, 0.97407698, 2.12692801]],
  [{ PReLU: { alpha: { floatValue: [0.5, 9] } } }, [-1, -0.25, 0.5, 2]],
  [{ PReLU: { alpha: { floatValue: [0.25] } } }, [-0.5, -0.125, 0.5, 2]],
  // 0.25 in half precision
  [{ PReLU: { alpha: { float16Value: Uint8Array.of(0, 0x34) } } }, [-0.5, -0.125, 0.5, 2]],
];

test.each(FUNCTIONS)("%j", (activation, expected) => {
  close(compute({ activation }, x)[1], expected);
});

test("an activation of no kind is refused", () => {
  expect(() => compute({ activation: {} }, x)).toThrow(
    'Layer "one" (activation): names no activation.',
  );
});

test("softmax goes over channels, softmaxND over any axis, both without overflow", () => {
  const large = tensor([1, 2, 1, 1], [1000, 1000 + Math.log(3)]);
  const [quarter = 0] = compute({ softmax: {} }, large)[1];
  expect(quarter).toBeCloseTo(0.25, 4);
  close(
    compute({ softmaxND: { axis: -1 } }, tensor([2, 2], [0, 0, 0, Math.log(3)]))[1],
    [0.5, 0.5, 0.25, 0.75],
  );
});

test("clip and clampedReLU bound from both sides", () => {
  expect(compute({ clip: { minVal: -1, maxVal: 1 } }, x)[1]).toEqual([-1, -0.5, 0.5, 1]);
  expect(compute({ clampedReLU: { alpha: 0.5, beta: 1 } }, x)[1]).toEqual([-1, -0.25, 0.5, 1]);
});

test("gelu, exact and in two approximations", () => {
  // 0.5 * x * (1 + erf(x / sqrt(2))) from tables of the normal distribution.
  close(compute({ gelu: {} }, x)[1], [-0.04550026, -0.15426877, 0.34573123, 1.95449974]);
  close(
    compute({ gelu: { mode: "TANH_APPROXIMATION" } }, x)[1],
    [-0.04540231, -0.15428599, 0.34571401, 1.95459769],
  );
  close(
    compute({ gelu: { mode: "SIGMOID_APPROXIMATION" } }, x)[1],
    [-0.06434138, -0.14961156, 0.35038844, 1.93565862],
  );
});

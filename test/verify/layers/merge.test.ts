import { expect, test } from "vitest";
import type { NeuralNetworkLayer } from "../../../src/formats/coreml/types.gen.ts";
import { compute, tensor } from "../run-layer.ts";

const a = tensor([1, 2, 1, 2]);
const perChannel = tensor([1, 2, 1, 1], [10, 100]);

const MERGES: readonly (readonly [NeuralNetworkLayer, readonly number[]])[] = [
  [{ add: {} }, [11, 12, 103, 104]],
  [{ multiply: {} }, [10, 20, 300, 400]],
  [{ average: {} }, [5.5, 6, 51.5, 52]],
  [{ max: {} }, [10, 10, 100, 100]],
  [{ min: {} }, [1, 2, 3, 4]],
  [{ addBroadcastable: {} }, [11, 12, 103, 104]],
  [{ subtractBroadcastable: {} }, [-9, -8, -97, -96]],
  [{ divideBroadcastable: {} }, [0.1, 0.2, 0.03, 0.04].map(Math.fround)],
  [{ lessThan: {} }, [1, 1, 1, 1]],
  [{ greaterEqual: {} }, [0, 0, 0, 0]],
];

test.each(MERGES)("%j spreads one number per channel over height and width", (layer, expected) => {
  expect(compute(layer, a, perChannel)).toEqual(["1 2 1 2", expected]);
});

test("ranks are aligned at the last axis", () => {
  expect(compute({ multiplyBroadcastable: {} }, a, tensor([2], [0, 1]))[1]).toEqual([0, 2, 0, 4]);
});

test("more than two inputs", () => {
  expect(compute({ add: {} }, a, a, a)[1]).toEqual([3, 6, 9, 12]);
  expect(compute({ average: {} }, a, a, perChannel)[1]).toEqual(
    [4, 14 / 3, 106 / 3, 36].map(Math.fround),
  );
});

test("with a single input, a number takes the place of the second", () => {
  expect(compute({ add: { alpha: 1 } }, a)[1]).toEqual([2, 3, 4, 5]);
  expect(compute({ multiply: { alpha: -1 } }, a)[1]).toEqual([-1, -2, -3, -4]);
  expect(compute({ greaterThan: { alpha: 2 } }, a)[1]).toEqual([0, 0, 1, 1]);
});

test("dot products over channels, plain or of normalised vectors", () => {
  const x = tensor([1, 2, 1, 1], [3, 4]);
  expect(compute({ dot: {} }, x, x)).toEqual(["1 1 1 1", [25]]);
  expect(compute({ dot: { cosineSimilarity: true } }, x, tensor([1, 2, 1, 1], [4, 3]))[1]).toEqual([
    Math.fround(24 / 25),
  ]);
});

test("whereBroadcastable chooses", () => {
  const condition = tensor([2], [1, 0]);
  expect(compute({ whereBroadcastable: {} }, condition, tensor([1], [7]), tensor([2]))[1]).toEqual([
    7, 2,
  ]);
});

test("shapes that differ by more than ones are refused", () => {
  expect(() => compute({ add: {} }, a, tensor([1, 3, 1, 2]))).toThrow(
    'Layer "one" (add): cannot join shapes [1, 2, 1, 2] and [1, 3, 1, 2].',
  );
});

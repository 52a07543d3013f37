import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

const weights = { floatValue: [1, 10, 100, 1, 1, 1] };
const innerProduct = { inputChannels: 3, outputChannels: 2, weights };

test("inner products of the last axis up to rank 3", () => {
  expect(compute({ innerProduct }, tensor([3]))).toEqual(["2", [321, 6]]);
  expect(compute({ innerProduct }, tensor([2, 1, 3]))).toEqual(["2 1 2", [321, 6, 654, 15]]);
});

test("inner products of flattened channels, height and width from rank 4 on", () => {
  expect(compute({ innerProduct }, tensor([1, 3, 1, 1]))).toEqual(["1 2 1 1", [321, 6]]);
  expect(compute({ innerProduct }, tensor([2, 1, 1, 1, 3]))).toEqual([
    "2 1 2 1 1",
    [321, 6, 654, 15],
  ]);
});

test("an input of another size is refused", () => {
  expect(() => compute({ innerProduct }, tensor([4]))).toThrow(
    'Layer "one" (innerProduct): has inputChannels 3, but 4 numbers enter.',
  );
});

const table = { floatValue: [1, 2, 3, 4, 5, 6] };

test("embedding tables are stored with one row per number of the vector", () => {
  const embedding = { inputDim: 3, outputChannels: 2, weights: table };
  expect(compute({ embedding }, tensor([2, 1, 1, 1, 1], [2, 0]))).toEqual([
    "2 1 2 1 1",
    [3, 6, 1, 4],
  ]);
  const embeddingND = { vocabSize: 3, embeddingSize: 2, weights: table };
  expect(compute({ embeddingND }, tensor([2, 1], [2, 0]))).toEqual(["2 2", [3, 6, 1, 4]]);
});

test.each([3, -1, 0.5])("looking up %d in a table of 3 is refused", (index) => {
  const embedding = { inputDim: 3, outputChannels: 2, weights: table };
  expect(() => compute({ embedding }, tensor([1, 1, 1, 1], [index]))).toThrow(
    `Layer "one" (embedding): looks up ${index} in a table of 3.`,
  );
});

test("batchedMatmul broadcasts batches and transposes on the fly", () => {
  const a = tensor([2, 1, 2]);
  const b = tensor([2, 2], [1, 2, 3, 4]);
  expect(compute({ batchedMatmul: {} }, a, b)).toEqual(["2 1 2", [7, 10, 15, 22]]);
  expect(compute({ batchedMatmul: { transposeB: true } }, a, b)[1]).toEqual([5, 11, 11, 25]);
  expect(compute({ batchedMatmul: { transposeA: true } }, b, b)[1]).toEqual([10, 14, 14, 20]);
});

test("a stored matrix of batchedMatmul is column-major", () => {
  const batchedMatmul = {
    weightMatrixFirstDimension: 3,
    weightMatrixSecondDimension: 2,
    weights: { floatValue: [1, 2, 3, 10, 20, 30] },
    hasBias: true,
    bias: { floatValue: [0, 0.5] },
  };
  expect(compute({ batchedMatmul }, tensor([1, 3]))).toEqual(["1 2", [14, 140.5]]);
});

import { expect, test } from "vitest";
import { compute, runLayer, tensor } from "../run-layer.ts";

/** y = x + h / 2 with one unit. */
const half = {
  inputVectorSize: 1,
  outputVectorSize: 1,
  activation: { linear: { alpha: 1 } },
  weightMatrix: { floatValue: [1] },
  recursionMatrix: { floatValue: [0.5] },
};
const x = tensor([3, 1, 1, 1, 1]);

test("all outputs, or the last", () => {
  expect(compute({ simpleRecurrent: { ...half, sequenceOutput: true } }, x)).toEqual([
    "3 1 1 1 1",
    [1, 2.5, 4.25],
  ]);
  expect(compute({ simpleRecurrent: half }, x)).toEqual(["1 1 1 1 1", [4.25]]);
});

test("a reversed sequence comes out in the order of processing", () => {
  const simpleRecurrent = { ...half, sequenceOutput: true, reverseInput: true };
  expect(compute({ simpleRecurrent }, x)[1]).toEqual([3, 3.5, 2.75]);
});

test("a state may enter, and leaves if the layer names a blob for it", () => {
  const state = tensor([1, 1, 1, 1, 1], [8]);
  const [output, final] = runLayer({ simpleRecurrent: half, output: ["y", "h"] }, x, state);
  expect([...(output?.data ?? []), ...(final?.data ?? [])]).toEqual([5.25, 5.25]);
});

test("batches run apart", () => {
  const batch = tensor([2, 2, 1, 1, 1], [1, 10, 2, 20]);
  expect(compute({ simpleRecurrent: half }, batch)).toEqual(["1 2 1 1 1", [2.5, 25]]);
});

test("sums are clipped at 50", () => {
  expect(compute({ simpleRecurrent: half }, tensor([1, 1, 1, 1, 1], [99]))[1]).toEqual([50]);
});

test("activations that recurrent layers do not know are refused", () => {
  const simpleRecurrent = { ...half, activation: { ELU: { alpha: 1 } } };
  expect(() => compute({ simpleRecurrent }, x)).toThrow(
    'Layer "one" (simpleRecurrent): has an activation that recurrent layers do not know.',
  );
});

test("a sequence of another width is refused", () => {
  expect(() => compute({ simpleRecurrent: half }, tensor([1, 1, 2, 1, 1]))).toThrow(
    'Layer "one" (simpleRecurrent): needs a sequence of 1 numbers, but gets [1,1,2,1,1].',
  );
});

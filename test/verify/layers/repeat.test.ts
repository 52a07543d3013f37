import { expect, test } from "vitest";
import { compute, tensor } from "../run-layer.ts";

test.each([
  [[1, 2, 6], "2 8 12"],
  [[6], "2 4 12"],
])("tile of [2, 4, 2] by %j is [%s]", (reps, shape) => {
  expect(compute({ tile: { reps } }, tensor([2, 4, 2]))[0]).toBe(shape);
});

test("tile repeats data in order", () => {
  expect(compute({ tile: { reps: [2, 2] } }, tensor([1, 2]))).toEqual([
    "2 4",
    [1, 2, 1, 2, 1, 2, 1, 2],
  ]);
});

test("sequenceRepeat repeats the first of five axes; 0 means once", () => {
  const x = tensor([1, 1, 2, 1, 1]);
  expect(compute({ sequenceRepeat: { nRepetitions: 3 } }, x)).toEqual([
    "3 1 2 1 1",
    [1, 2, 1, 2, 1, 2],
  ]);
  expect(compute({ sequenceRepeat: {} }, x)[0]).toBe("1 1 2 1 1");
});

test("broadcastToStatic repeats axes of one", () => {
  expect(compute({ broadcastToStatic: { targetShape: [2, 2] } }, tensor([2, 1]))[1]).toEqual([
    1, 1, 2, 2,
  ]);
});

import { describe, expect, test } from "vitest";
import type { RecurrentOp } from "../../../src/ir/ops/recurrent.ts";
import { shapesOf, weight } from "./infer.ts";

const LSTM: RecurrentOp = {
  kind: "recurrent",
  cell: "lstm",
  units: 4,
  activation: { fn: "tanh" },
  recurrentActivation: { fn: "sigmoid" },
  resetAfter: false,
  direction: "forward",
  merge: null,
  returnSequences: false,
  returnState: false,
  initialState: false,
  masked: false,
  stateful: false,
  weights: { kernel: weight(3, 16), recurrentKernel: weight(4, 16), bias: weight(16) },
};

const BOTH: RecurrentOp = {
  ...LSTM,
  direction: "bidirectional",
  merge: "concat",
  weights: {
    ...LSTM.weights,
    backwardKernel: weight(3, 16),
    backwardRecurrentKernel: weight(4, 16),
    backwardBias: weight(16),
  },
};

const SEQUENCE = [null, null, 3];

describe("recurrent", () => {
  test("gives the last output, or all of them", () => {
    expect(shapesOf(LSTM, SEQUENCE)).toEqual([[null, 4]]);
    expect(shapesOf({ ...LSTM, returnSequences: true }, SEQUENCE)).toEqual([[null, null, 4]]);
  });

  test("gives the final states after the output", () => {
    const state = [null, 4];
    expect(shapesOf({ ...LSTM, returnState: true }, SEQUENCE)).toEqual([state, state, state]);
    const both = shapesOf({ ...BOTH, returnState: true }, SEQUENCE);
    expect(both).toEqual([[null, 8], state, state, state, state]);
  });

  test("joins or separates two directions", () => {
    expect(shapesOf(BOTH, SEQUENCE)).toEqual([[null, 8]]);
    expect(shapesOf({ ...BOTH, merge: "sum" }, SEQUENCE)).toEqual([[null, 4]]);
    expect(shapesOf({ ...BOTH, merge: null }, SEQUENCE)).toEqual([
      [null, 4],
      [null, 4],
    ]);
  });

  test("takes initial states and a mask", () => {
    const op = { ...LSTM, initialState: true, masked: true };
    const state = [null, 4];
    expect(shapesOf(op, SEQUENCE, state, state, [null, null])).toEqual([[null, 4]]);
    expect(() => shapesOf(op, SEQUENCE, state, state)).toThrow(
      "The layer takes 4 inputs, but got 3.",
    );
    expect(() => shapesOf(op, SEQUENCE, [null, 5], state, [null, null])).toThrow(
      "An initial state has shape (null, 5), expected (null, 4).",
    );
  });

  test("a GRU with reset_after has two rows of biases", () => {
    const gru: RecurrentOp = {
      ...LSTM,
      cell: "gru",
      resetAfter: true,
      weights: { kernel: weight(3, 12), recurrentKernel: weight(4, 12), bias: weight(2, 12) },
    };
    expect(shapesOf(gru, SEQUENCE)).toEqual([[null, 4]]);
    expect(() => shapesOf({ ...gru, resetAfter: false }, SEQUENCE)).toThrow(
      "bias has shape (2, 12), expected (12,).",
    );
  });

  test("two directions need two sets of weights", () => {
    expect(() => shapesOf({ ...BOTH, weights: LSTM.weights }, SEQUENCE)).toThrow(
      "A bidirectional layer needs a second set of weights.",
    );
  });
});

test("convLstm slides over every time step", () => {
  const op = {
    kind: "convLstm",
    filters: 5,
    strides: [2, 2],
    dilations: [1, 1],
    padding: "same",
    activation: { fn: "tanh" },
    recurrentActivation: { fn: "sigmoid" },
    direction: "forward",
    returnSequences: true,
    weights: { kernel: weight(3, 3, 2, 20), recurrentKernel: weight(3, 3, 5, 20) },
  } as const;
  expect(shapesOf(op, [null, 7, 9, 8, 2])).toEqual([[null, 7, 5, 4, 5]]);
  expect(shapesOf({ ...op, returnSequences: false }, [null, 7, 9, 8, 2])).toEqual([
    [null, 5, 4, 5],
  ]);
});

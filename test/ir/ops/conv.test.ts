import { describe, expect, test } from "vitest";
import type {
  ConvOp,
  ConvTransposeOp,
  DepthwiseConvOp,
  LocallyConnectedOp,
} from "../../../src/ir/ops/conv.ts";
import { shapesOf, weight } from "./infer.ts";

const CONV: ConvOp = {
  kind: "conv",
  strides: [1, 1],
  dilations: [1, 1],
  padding: "valid",
  groups: 1,
  layout: "channels-last",
  weights: { kernel: weight(3, 3, 4, 8), bias: weight(8) },
};

const DEPTHWISE: DepthwiseConvOp = {
  ...CONV,
  kind: "depthwiseConv",
  weights: { kernel: weight(3, 3, 4, 2) },
};

const TRANSPOSED: ConvTransposeOp = {
  kind: "convTranspose",
  strides: [2, 2],
  dilations: [1, 1],
  padding: "valid",
  layout: "channels-last",
  weights: { kernel: weight(3, 3, 8, 4) },
};

const LOCAL: LocallyConnectedOp = {
  kind: "locallyConnected",
  kernelSize: [2, 2],
  strides: [1, 1],
  layout: "channels-last",
  weights: { kernel: weight(12, 16, 5), bias: weight(4, 3, 5) },
};

describe("conv", () => {
  test.each([
    [CONV, [null, 10, 7, 4], [null, 8, 5, 8]],
    [{ ...CONV, padding: "same" as const }, [null, 10, 7, 4], [null, 10, 7, 8]],
    [{ ...CONV, padding: "same" as const, strides: [2, 3] }, [2, 10, 7, 4], [2, 5, 3, 8]],
    [{ ...CONV, strides: [2, 2] }, [null, 10, 7, 4], [null, 4, 3, 8]],
    [{ ...CONV, dilations: [2, 3] }, [null, 10, 7, 4], [null, 6, 1, 8]],
    [
      {
        ...CONV,
        padding: [
          [1, 0],
          [2, 2],
        ] as const,
      },
      [null, 10, 7, 4],
      [null, 9, 9, 8],
    ],
    [{ ...CONV, layout: "channels-first" as const }, [null, 4, 10, 7], [null, 8, 8, 5]],
    [CONV, [null, null, 7, 4], [null, null, 5, 8]],
  ])("%#: gives Keras' output shape", (op, input, output) => {
    expect(shapesOf(op, input)).toEqual([output]);
  });

  test("causal padding keeps the length", () => {
    const causal: ConvOp = {
      ...CONV,
      strides: [1],
      dilations: [4],
      padding: "causal",
      weights: { kernel: weight(3, 4, 2) },
    };
    expect(shapesOf(causal, [null, 6, 4])).toEqual([[null, 6, 2]]);
  });

  test("groups divide the kernel's input channels", () => {
    const grouped = { ...CONV, groups: 2, weights: { kernel: weight(3, 3, 2, 8) } };
    expect(shapesOf(grouped, [null, 5, 5, 4])).toEqual([[null, 3, 3, 8]]);
    expect(() => shapesOf({ ...grouped, groups: 3 }, [null, 5, 5, 4])).toThrow(
      "4 input and 8 output channels do not divide into 3 groups.",
    );
  });

  test.each([
    [CONV, [null, 10, 7, 3], "kernel has shape (3, 3, 4, 8), expected (3, 3, 3, 8)."],
    [
      CONV,
      [null, 10, 7, null],
      "The number of channels must be known, but is free in (null, 10, 7, null).",
    ],
    [
      CONV,
      [null, 10, 4],
      "The input must have 4 axes with the batch, but its shape is (null, 10, 4).",
    ],
    [CONV, [null, 2, 7, 4], "The window covers 3 elements, but spatial axis 0 has only 2."],
    [
      { ...CONV, weights: { kernel: weight(3, 3, 4, 8), bias: weight(4) } },
      [null, 10, 7, 4],
      "bias has shape (4,), expected (8,).",
    ],
    [
      { ...CONV, strides: [0, 1] },
      [null, 10, 7, 4],
      "strides is (0, 1), expected 2 whole numbers of at least 1.",
    ],
    [
      { ...CONV, padding: "causal" as const },
      [null, 10, 7, 4],
      "Causal padding needs one spatial axis, but there are 2.",
    ],
  ])("%#: refuses what does not fit", (op, input, text) => {
    expect(() => shapesOf(op, input)).toThrow(text);
  });
});

describe("depthwiseConv", () => {
  test("multiplies the channels", () => {
    expect(shapesOf(DEPTHWISE, [null, 5, 6, 4])).toEqual([[null, 3, 4, 8]]);
  });

  test("refuses a kernel for other channels", () => {
    expect(() => shapesOf(DEPTHWISE, [null, 5, 6, 3])).toThrow(
      "depthwise_kernel has shape (3, 3, 4, 2), expected (3, 3, 3, 2).",
    );
  });
});

describe("convTranspose", () => {
  test.each([
    [TRANSPOSED, [null, 11, 13, 8]],
    [{ ...TRANSPOSED, padding: "same" as const }, [null, 10, 12, 8]],
    [{ ...TRANSPOSED, strides: [4, 4] }, [null, 20, 24, 8]],
    [{ ...TRANSPOSED, outputPadding: [1, 0] }, [null, 12, 13, 8]],
    [{ ...TRANSPOSED, padding: "same" as const, outputPadding: [1, 0] }, [null, 10, 11, 8]],
  ])("%#: gives Keras' output shape", (op, output) => {
    expect(shapesOf(op, [null, 5, 6, 4])).toEqual([output]);
  });

  test("takes the kernel with output channels first", () => {
    expect(() => shapesOf(TRANSPOSED, [null, 5, 6, 8])).toThrow(
      "kernel has shape (3, 3, 8, 4), expected (3, 3, 8, 8).",
    );
  });
});

describe("locallyConnected", () => {
  test("has a kernel row for every position", () => {
    expect(shapesOf(LOCAL, [null, 5, 4, 4])).toEqual([[null, 4, 3, 5]]);
    expect(() => shapesOf(LOCAL, [null, 6, 4, 4])).toThrow(
      "kernel has shape (12, 16, 5), expected (15, 16, 5).",
    );
  });

  test("needs known sizes", () => {
    expect(() => shapesOf(LOCAL, [null, null, 4, 4])).toThrow(
      "The input needs known sizes, since every position has its own weights.",
    );
  });
});

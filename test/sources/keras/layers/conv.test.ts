import { describe, expect, it } from "vitest";
import { type Given, lower, refusal } from "./lowering.ts";

const THEANO = { generation: 2, backend: "theano" } as const;

function paddingOf(given: Given) {
  const [op] = lower(given).ops;
  return op !== undefined && "padding" in op ? op.padding : undefined;
}

function conv(kernel: number, more: Given["config"] = {}): Given {
  return {
    layer: "Conv2D",
    config: { filters: 2, kernel_size: [kernel, kernel], padding: "same", ...more },
    inputs: [[null, 8, 8, 3]],
    dialect: THEANO,
  };
}

describe("convolutions", () => {
  it("keeps TensorFlow's same padding as a word", () => {
    expect(paddingOf({ ...conv(3), dialect: { generation: 2, backend: "tensorflow" } })).toBe(
      "same",
    );
  });

  it("spells Theano's same padding out: half the kernel before, whatever the stride", () => {
    expect(paddingOf(conv(3, { strides: [2, 2] }))).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(paddingOf(conv(4))).toEqual([
      [2, 1],
      [2, 1],
    ]);
    expect(paddingOf(conv(3, { dilation_rate: [2, 2] }))).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });

  it("makes two steps of a separable convolution, the bias in the second", () => {
    const { ops, steps } = lower({
      layer: "SeparableConv2D",
      config: { filters: 4, kernel_size: [3, 3], strides: [2, 2], depth_multiplier: 2 },
      inputs: [[null, 9, 9, 3]],
    });
    expect(steps).toEqual(["depthwiseConv (null, 4, 4, 6)", "conv (null, 4, 4, 4)"]);
    expect(ops.map((op) => Object.keys(op.weights))).toEqual([["kernel"], ["kernel", "bias"]]);
  });

  it("names the depthwise kernel as the generation does", () => {
    const given = {
      layer: "DepthwiseConv2D",
      config: { kernel_size: 3 },
      inputs: [[null, 5, 5, 2]],
    } as const;
    const idOf = (dialect: Given["dialect"]) => {
      const [op] = lower({ ...given, dialect: dialect ?? {} }).ops;
      return op?.kind === "depthwiseConv" ? op.weights.kernel.id : undefined;
    };
    expect(idOf({ generation: 3 })).toBe("kernel");
    expect(idOf({ generation: "tf" })).toBe("depthwise_kernel");
  });

  it("puts the fused activation in a node of its own and leaves a linear one out", () => {
    const dense = (activation: string) =>
      lower({ layer: "Dense", config: { units: 2, activation }, inputs: [[null, 3]] }).steps;
    expect(dense("relu")).toEqual(["dense (null, 2)", "activation (null, 2)"]);
    expect(dense("linear")).toEqual(["dense (null, 2)"]);
  });

  it("refuses Theano's transposed same padding where it differs", () => {
    const config = { filters: 2, kernel_size: [5, 5], strides: [2, 2], padding: "same" };
    const given = { layer: "Conv2DTranspose", config, inputs: [[null, 4, 4, 3]] };
    expect(refusal({ ...given, dialect: THEANO })).toBe(
      "Layer \"it\" (Conv2DTranspose): Theano's padding of a strided transposed convolution differs from every other backend's and cannot be expressed.",
    );
    expect(lower(given).steps).toEqual(["convTranspose (null, 8, 8, 2)"]);
  });

  it("asks for the channels when they are not known", () => {
    expect(
      refusal({
        layer: "Conv2D",
        config: { filters: 2, kernel_size: 3 },
        inputs: [[null, 8, 8, null]],
      }),
    ).toBe(
      'Layer "it" (Conv2D): the size of axis 3 of its input is not known.\n  Give the full input shape with --input-shape.',
    );
  });
});

describe("pooling", () => {
  const pool = (size: number, stride: number, side: number | null): Given => ({
    layer: "MaxPooling2D",
    config: { pool_size: [size, size], strides: [stride, stride], padding: "same" },
    inputs: [[null, side, side, 3]],
    dialect: THEANO,
  });

  it("spells Theano's same padding out by its own rule", () => {
    expect(paddingOf(pool(3, 2, 8))).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(paddingOf(pool(2, 2, 7))).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(paddingOf(pool(3, 1, null))).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(lower(pool(2, 2, 7)).shapes).toEqual([[null, 4, 4, 3]]);
  });

  it("refuses it where it depends on an unknown size", () => {
    expect(refusal(pool(3, 2, null))).toContain("depends on the size of the input");
  });

  it("takes the pool size for absent strides", () => {
    const { shapes } = lower({
      layer: "AveragePooling1D",
      config: { pool_size: 3, strides: null },
      inputs: [[null, 9, 2]],
    });
    expect(shapes).toEqual([[null, 3, 2]]);
  });

  it("heeds a mask in the mean over time only", () => {
    const ops = (layer: string) => lower({ layer, inputs: [[null, 4, 2]], masked: [0] }).ops;
    expect(ops("GlobalAveragePooling1D")).toMatchObject([{ kind: "globalPool", masked: true }]);
    expect(ops("GlobalMaxPooling1D")).toMatchObject([{ kind: "globalPool", masked: false }]);
  });

  it("pools adaptively only where all windows are alike", () => {
    const adaptive = (parts: number): Given => ({
      layer: "AdaptiveAveragePooling2D",
      config: { output_size: parts },
      inputs: [[null, 8, 8, 2]],
    });
    expect(lower(adaptive(4)).shapes).toEqual([[null, 4, 4, 2]]);
    expect(refusal(adaptive(3))).toContain(
      "windows of unequal size cannot be expressed (8 elements to 3)",
    );
  });
});

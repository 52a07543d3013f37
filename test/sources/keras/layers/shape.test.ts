import { describe, expect, it } from "vitest";
import { type Given, lower, refusal } from "./lowering.ts";

describe("Flatten", () => {
  const flatten = (config: Given["config"], dialect: Given["dialect"] = {}) =>
    lower({ layer: "Flatten", config: config ?? {}, inputs: [[null, 3, 4, 5]], dialect }).steps;

  it("moves channels last only where its config says channels_first (Keras 2.1.6 on)", () => {
    expect(flatten({ data_format: "channels_first" })).toEqual([
      "permute (null, 4, 5, 3)",
      "reshape (null, 60)",
    ]);
    expect(flatten({ data_format: "channels_last" })).toEqual(["reshape (null, 60)"]);
  });

  it("flattens in storage order where older Keras says nothing", () => {
    expect(flatten({}, { generation: 2, version: "2.1.3" })).toEqual(["reshape (null, 60)"]);
    expect(flatten({}, { generation: 1, version: "1.2.2" })).toEqual(["reshape (null, 60)"]);
  });
});

describe("Reshape", () => {
  const reshape = (target_shape: readonly number[], shape: readonly (number | null)[]) =>
    lower({ layer: "Reshape", config: { target_shape, trainable: true }, inputs: [shape] }).shapes;

  it("fills in -1", () => {
    expect(reshape([-1, 2], [null, 4, 3])).toEqual([[null, 6, 2]]);
  });

  it("leaves -1 open where the input is", () => {
    expect(reshape([-1, 2], [null, null, 4])).toEqual([[null, null, 2]]);
  });

  it("refuses what does not divide", () => {
    expect(
      refusal({
        layer: "Reshape",
        config: { target_shape: [-1, 5], trainable: true },
        inputs: [[null, 4, 3]],
      }),
    ).toBe('Layer "it" (Reshape): 12 elements do not divide into (-1, 5).');
  });
});

describe("borders", () => {
  const amounts = (layer: string, config: Given["config"], shape: readonly (number | null)[]) => {
    const [op] = lower({ layer, config: config ?? {}, inputs: [shape] }).ops;
    return op?.kind === "pad" || op?.kind === "crop" ? op.amounts.slice(1) : undefined;
  };
  const IMAGE = [null, 9, 9, 2];

  it("reads every way of writing an amount", () => {
    const both = [
      [1, 1],
      [2, 2],
      [0, 0],
    ];
    expect(amounts("ZeroPadding2D", { padding: [1, 2] }, IMAGE)).toEqual(both);
    expect(
      amounts(
        "ZeroPadding2D",
        {
          padding: [
            [1, 1],
            [2, 2],
          ],
        },
        IMAGE,
      ),
    ).toEqual(both);
    expect(amounts("ZeroPadding2D", { padding: [1, 1, 2, 2] }, IMAGE)).toEqual(both);
    expect(
      amounts(
        "ZeroPadding2D",
        { padding: { top_pad: 1, bottom_pad: 1, left_pad: 2, right_pad: 2 } },
        IMAGE,
      ),
    ).toEqual(both);
    expect(amounts("Cropping1D", { cropping: [1, 2] }, [null, 9, 2])).toEqual([
      [1, 2],
      [0, 0],
    ]);
    expect(amounts("Cropping1D", { cropping: 1 }, [null, 9, 2])).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  it("pads the last axes of a channels_first picture", () => {
    expect(
      amounts("ZeroPadding2D", { padding: [1, 2], data_format: "channels_first" }, IMAGE),
    ).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });
});

describe("UpSampling2D", () => {
  const coordinates = (dialect: Given["dialect"]) => {
    const [op] = lower({
      layer: "UpSampling2D",
      config: { size: [2, 2], interpolation: "bilinear" },
      inputs: [[null, 4, 4, 1]],
      dialect: dialect ?? {},
    }).ops;
    return op?.kind === "resize" ? op.coordinates : undefined;
  };

  it("samples on the grid of the TensorFlow that its Keras called", () => {
    expect(coordinates({ generation: 2, version: "2.2.4" })).toBe("asymmetric");
    expect(coordinates({ generation: 2, version: "2.3.1" })).toBe("asymmetric");
    expect(coordinates({ generation: 2, version: "2.1.6-tf" })).toBe("asymmetric");
    expect(coordinates({ generation: 2, version: "2.2.4-tf" })).toBe("half-pixel");
    expect(coordinates({ generation: "tf", version: "2.15.0" })).toBe("half-pixel");
    expect(coordinates({ generation: 3, version: "3.15.1" })).toBe("half-pixel");
  });
});

describe("merge layers", () => {
  it("raise lower ranks right after the batch", () => {
    const { steps } = lower({
      layer: "Multiply",
      config: { trainable: true },
      inputs: [
        [null, 4, 4, 3],
        [null, 3],
      ],
    });
    expect(steps).toEqual(["reshape (null, 1, 1, 3)", "merge (null, 4, 4, 3)"]);
  });

  it("read the modes of Keras 1", () => {
    const kinds = (config: Given["config"]) =>
      lower({
        layer: "Merge",
        config: config ?? {},
        inputs: [
          [null, 3],
          [null, 3],
        ],
        dialect: { generation: 1 },
      }).steps;
    expect(kinds({ mode: "sum" })).toEqual(["merge (null, 3)"]);
    expect(kinds({ mode: "concat", concat_axis: -1 })).toEqual(["concat (null, 6)"]);
    expect(kinds({ mode: "dot", dot_axes: -1 })).toEqual(["dot (null, 1)"]);
    expect(kinds({ mode: "cos", dot_axes: -1 })).toEqual(["dot (null, 1)", "reshape (null, 1, 1)"]);
    expect(refusal({ layer: "Merge", config: { mode: "half" }, inputs: [[null, 3]] })).toContain(
      "merging by a Python function",
    );
  });
});

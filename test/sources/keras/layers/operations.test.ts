import { describe, expect, it } from "vitest";
import { readFloat64 } from "../../../../src/ir/tensor.ts";
import { type Given, lower, refusal } from "./lowering.ts";

const ROWS: Given["inputs"] = [[null, 4, 6]];

function lambda(name: string, kwargs: Given["kwargs"], more: Partial<Given> = {}): Given {
  return {
    layer: "TFOpLambda",
    config: { function: name },
    inputs: ROWS,
    kwargs: kwargs ?? {},
    dialect: { generation: "tf" },
    ...more,
  };
}

describe("Keras 3 operations", () => {
  it("are told from layers of the same name by having no trainable flag", () => {
    expect(lower({ layer: "Add", inputs: ROWS, args: ["in", 2] }).ops).toMatchObject([
      { kind: "affine" },
    ]);
    expect(
      lower({ layer: "Reshape", config: { newshape: [-1, 2, 12] }, inputs: ROWS }).shapes,
    ).toEqual([[null, 2, 12]]);
  });

  it("take constants on either side", () => {
    const [op] = lower({ layer: "Subtract", inputs: ROWS, args: [1, "in"] }).ops;
    expect(op?.kind).toBe("affine");
    if (op?.kind !== "affine" || !op.weights.scale || !op.weights.offset) return;
    expect([...readFloat64(op.weights.scale), ...readFloat64(op.weights.offset)]).toEqual([-1, 1]);
  });

  it("slice with ranges, indices, new axes and an ellipsis", () => {
    const slice = (...key: readonly unknown[]) =>
      lower({ layer: "GetItem", inputs: ROWS, args: ["in", key] }).shapes[0];
    const range = (start: number | null, stop: number | null, step: number | null = null) => ({
      class_name: "__slice__",
      config: { start, stop, step },
    });
    const all = range(null, null);
    expect(slice(all, range(1, 3), range(-2, null))).toEqual([null, 2, 2]);
    expect(slice({ class_name: "__ellipsis__", config: {} }, 0)).toEqual([null, 4]);
    expect(slice(all, -1)).toEqual([null, 6]);
    expect(slice(all, null)).toEqual([null, 1, 4, 6]);
    expect(slice(all, range(null, null, 2))).toEqual([null, 2, 6]);
    expect(slice(all, all, range(null, null, -1))).toEqual([null, 4, 6]);
  });

  it("split by number, by places and by sizes", () => {
    const split = (given: Partial<Given>) =>
      lower({ layer: "Split", inputs: ROWS, ...given }).shapes.map((shape) => shape[2]);
    expect(split({ config: { indices_or_sections: 3, axis: -1 } })).toEqual([2, 2, 2]);
    expect(split({ config: { indices_or_sections: [1, 5], axis: -1 } })).toEqual([1, 4, 1]);
    expect(
      lower(lambda("split", { num_or_size_splits: [1, -1], axis: 2 })).shapes.map(
        (shape) => shape[2],
      ),
    ).toEqual([1, 5]);
  });

  it("refuse to touch the batch", () => {
    expect(refusal({ layer: "Mean", config: { axis: null }, inputs: ROWS })).toBe(
      'Layer "it" (Mean): a reduction over the batch cannot be expressed.',
    );
    expect(refusal({ layer: "Reshape", config: { newshape: [-1] }, inputs: ROWS })).toContain(
      "a reshape that mixes the batch with other axes",
    );
  });
});

describe("TFOpLambda", () => {
  it("knows functions by the last part of their names", () => {
    expect(lower(lambda("math.reduce_mean", { axis: [1], keepdims: true })).shapes).toEqual([
      [null, 1, 6],
    ]);
    expect(lower(lambda("compat.v1.transpose", { perm: [0, 2, 1] })).shapes).toEqual([
      [null, 6, 4],
    ]);
    expect(lower(lambda("nn.gelu", {})).ops).toMatchObject([
      { activation: { fn: "gelu", approximate: false } },
    ]);
  });

  it("scales by a list of constants, as torch preprocessing does", () => {
    const [op] = lower(lambda("math.truediv", { y: [1, 2, 4, 5, 8, 10] })).ops;
    expect(op?.kind === "affine" && op.weights.scale && [...readFloat64(op.weights.scale)]).toEqual(
      [1, 0.5, 0.25, 0.2, 0.125, 0.1],
    );
  });

  it("refuses an unknown function by name", () => {
    expect(refusal(lambda("math.betainc", {}))).toBe(
      [
        'Layer "it" (TFOpLambda): the operation "math.betainc" is not known.',
        "  Replace it in the model by Keras layers, or supply the layer with --custom.",
      ].join("\n"),
    );
  });
});

describe("TensorFlowOpLayer", () => {
  const node = (op: string, constants: Given["config"], attr: Given["config"] = {}): Given => ({
    layer: "TensorFlowOpLayer",
    config: { node_def: { op, attr: attr ?? {} }, constants: constants ?? {} },
    inputs: ROWS,
    dialect: { generation: "tf" },
  });

  it("takes its constants by index", () => {
    expect(lower(node("Mul", { "1": 0.5 })).ops).toMatchObject([{ kind: "affine" }]);
    expect(lower(node("Mean", { "1": [1] }, { keep_dims: { b: true } })).shapes).toEqual([
      [null, 1, 6],
    ]);
    expect(lower(node("Reshape", { "1": [-1, 24] })).shapes).toEqual([[null, 24]]);
    expect(lower(node("Squeeze", {}, { squeeze_dims: { list: {} } })).shapes).toEqual([
      [null, 4, 6],
    ]);
  });

  it("reads a node written as text", () => {
    const config = { node_def: '{"op": "Relu"}', constants: {} };
    expect(lower({ ...node("", {}), config }).ops).toMatchObject([
      { kind: "activation", activation: { fn: "relu" } },
    ]);
  });
});

describe("refusals by name", () => {
  it("warns of Lambda and shows the way out", () => {
    expect(refusal({ layer: "Lambda", inputs: ROWS })).toBe(
      [
        'Layer "it" (Lambda): its body is Python byte code stored in the file. Running code from a model file is dangerous and is never done here.',
        '  Say what "it" computes in a layer spec of your own (--custom FILE.mjs), or replace it in the model by Keras layers.',
      ].join("\n"),
    );
  });

  it("says why a layer of text cannot be", () => {
    expect(refusal({ layer: "TextVectorization", inputs: [[null, 1]] })).toBe(
      [
        'Layer "it" (TextVectorization): it works on text or other symbols, not on numbers that a converted model could take.',
        "  Supply it with --custom, or take it out of the model.",
      ].join("\n"),
    );
  });
});

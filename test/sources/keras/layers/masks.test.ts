import { describe, expect, it } from "vitest";
import { type Given, lower, refusal } from "./lowering.ts";

const TWO: Given["inputs"] = [
  [null, 4, 3],
  [null, 4, 3],
];

describe("masks", () => {
  it("begin at Masking and Embedding(mask_zero)", () => {
    const masking = lower({ layer: "Masking", config: { mask_value: 2 }, inputs: [[null, 4, 3]] });
    expect(masking.ops).toMatchObject([
      { kind: "notEqualMask", value: 2, reduceLast: true },
      { kind: "applyMask" },
    ]);
    expect(masking.masks).toEqual(["it"]);
    const embedding = { input_dim: 5, output_dim: 2, mask_zero: true };
    const rows = lower({ layer: "Embedding", config: embedding, inputs: [[null, 4]] });
    expect(rows.ops).toMatchObject([{ kind: "notEqualMask", value: 0 }, { kind: "embedding" }]);
    expect(rows.masks).toHaveLength(1);
    expect(rows.masks[0]).toBe(rows.nodes[0]?.outputs[0]);
  });

  it.each(["Dense", "Dropout", "BatchNormalization"])("pass through %s", (layer) => {
    const config = { units: 2, rate: 0.5 };
    const { masks } = lower({ layer, config, inputs: [[null, 4, 3]], masked: [0] });
    expect(masks).toEqual(["mask0"]);
  });

  it.each(["Flatten", "Conv1D", "GlobalMaxPooling1D"])("end at %s", (layer) => {
    const config = { filters: 2, kernel_size: 2 };
    const { masks } = lower({ layer, config, inputs: [[null, 4, 3]], masked: [0] });
    expect(masks).toEqual([undefined]);
  });

  it("end at a recurrent layer that gives its last output only", () => {
    const lstm = (return_sequences: boolean) =>
      lower({
        layer: "LSTM",
        config: { units: 2, return_sequences },
        inputs: [[null, 4, 3]],
        masked: [0],
      });
    expect(lstm(false).masks).toEqual([undefined]);
    expect(lstm(true).masks).toEqual(["mask0"]);
    expect(lstm(true).ops).toMatchObject([{ kind: "recurrent", masked: true }]);
  });

  it("combine as the generation does: all (until Keras 3.3), any (later)", () => {
    const add = (generation: 2 | 3) =>
      lower({
        layer: "Add",
        config: { trainable: true },
        inputs: TWO,
        masked: [0, 1],
        dialect: { generation },
      }).ops;
    expect(add(2)).toContainEqual({ kind: "merge", fn: "minimum", weights: {} });
    expect(add(3)).toContainEqual({ kind: "merge", fn: "maximum", weights: {} });
  });

  it("count an unmasked input as true everywhere", () => {
    const add = (generation: 2 | 3) =>
      lower({
        layer: "Add",
        config: { trainable: true },
        inputs: TWO,
        masked: [0],
        dialect: { generation },
      }).masks;
    expect(add(2)).toEqual(["mask0"]);
    expect(add(3)).toEqual([undefined]);
  });

  it("make masked steps of Bidirectional zero from tf.keras 2 on", () => {
    const layer = { class_name: "LSTM", config: { units: 2, return_sequences: true } };
    const kinds = (generation: 2 | "tf") =>
      lower({
        layer: "Bidirectional",
        config: { layer },
        inputs: [[null, 4, 3]],
        masked: [0],
        dialect: { generation },
      }).ops.map((op) => op.kind);
    expect(kinds(2)).toEqual(["recurrent"]);
    expect(kinds("tf")).toEqual(["recurrent", "applyMask"]);
  });

  it("are refused where Keras would use them in a way that cannot be said", () => {
    const config = { axis: -1 };
    expect(refusal({ layer: "Softmax", config, inputs: TWO.slice(0, 1), masked: [0] })).toBe(
      'Layer "it" (Softmax): Softmax would use the mask that a Masking or Embedding(mask_zero) layer before it makes; that cannot be expressed.',
    );
  });

  it("limit attention, and leave the inputs of Keras 3.8's MultiHeadAttention", () => {
    const attend = (version: string) => {
      const given: Given = {
        layer: "MultiHeadAttention",
        config: { num_heads: 1, key_dim: 2 },
        inputs: TWO,
        masked: [0, 1],
        dialect: { version },
      };
      return lower(given);
    };
    expect(attend("3.8.0").unmasked).toEqual(["in0", "in1", "in1"]);
    expect(attend("3.7.0").unmasked).toEqual([]);
    expect(attend("3.8.0").masks).toEqual(["mask0"]);
    const limits = attend("3.8.0").ops.filter((op) => op.kind === "applyMask");
    expect(limits).toHaveLength(2);
  });
});

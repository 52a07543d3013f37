import { describe, expect, it } from "vitest";
import { type Given, lower, refusal } from "./lowering.ts";

const SEQUENCE: Given["inputs"] = [[null, 4, 6]];

describe("MultiHeadAttention", () => {
  const heads = (more: Partial<Given> = {}): Given => ({
    layer: "MultiHeadAttention",
    config: { num_heads: 2, key_dim: 3 },
    inputs: [...SEQUENCE, [null, 5, 7]],
    ...more,
  });

  it("gives the width of the query back, and the scores when asked", () => {
    expect(lower(heads()).shapes).toEqual([[null, 4, 6]]);
    expect(lower(heads({ kwargs: { return_attention_scores: true } })).shapes).toEqual([
      [null, 4, 6],
      [null, 2, 4, 5],
    ]);
  });

  it("attends over all axes of a picture at once", () => {
    const picture = [null, 3, 4, 6];
    expect(lower(heads({ inputs: [picture, picture] })).shapes).toEqual([picture]);
    const config = { num_heads: 2, key_dim: 3, attention_axes: [2] };
    expect(refusal(heads({ inputs: [picture, picture], config }))).toContain(
      "attention over some axes and not over others cannot be expressed",
    );
  });

  it("needs known lengths for causal attention", () => {
    const given = heads({
      inputs: [
        [null, null, 6],
        [null, null, 6],
      ],
    });
    expect(lower(given).shapes).toEqual([[null, null, 6]]);
    expect(refusal({ ...given, kwargs: { use_causal_mask: true } })).toContain(
      "the size of axis 2 of its input is not known",
    );
  });
});

describe("EinsumDense", () => {
  const einsum = (config: Given["config"], kernel: readonly number[]) =>
    lower({
      layer: "EinsumDense",
      config: config ?? {},
      inputs: SEQUENCE,
      stored: { kernel },
    });

  it("becomes a matrix product over the axes that vanish", () => {
    expect(einsum({ equation: "abc,cd->abd" }, [6, 5]).shapes).toEqual([[null, 4, 5]]);
    expect(einsum({ equation: "...c,cde->...de", bias_axes: "e" }, [6, 2, 3]).shapes).toEqual([
      [null, 4, 2, 3],
    ]);
    expect(einsum({ equation: "abc,bd->acd" }, [4, 5]).steps).toEqual([
      "permute (null, 6, 4)",
      "dense (null, 6, 5)",
    ]);
  });

  it("refuses an equation that is none", () => {
    expect(
      refusal({
        layer: "EinsumDense",
        config: { equation: "abc,bcd->abcd" },
        inputs: SEQUENCE,
        stored: { kernel: [4, 6, 2] },
      }),
    ).toBe(
      'Layer "it" (EinsumDense): the equation "abc,bcd->abcd" cannot be expressed as a matrix product.',
    );
  });
});

import { describe, expect, test } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import { shapesOf, weight } from "./infer.ts";

describe("activations", () => {
  const softmax = (axis: number): Op => ({
    kind: "activation",
    activation: { fn: "softmax", axis },
    weights: {},
  });

  test("keep the shape; the axis must exist", () => {
    expect(shapesOf(softmax(1), [null, 3, 4])).toEqual([[null, 3, 4]]);
    expect(() => shapesOf(softmax(3), [null, 3, 4])).toThrow(
      "Axis 3 does not exist in the input (null, 3, 4).",
    );
  });

  test("glu halves its axis", () => {
    const glu: Op = { kind: "activation", activation: { fn: "glu", axis: 1 }, weights: {} };
    expect(shapesOf(glu, [null, 6])).toEqual([[null, 3]]);
    expect(() => shapesOf(glu, [null, 5])).toThrow(
      "glu halves axis 1, but its size in (null, 5) is odd.",
    );
  });

  test("prelu shares along axes of size 1", () => {
    const prelu: Op = { kind: "prelu", weights: { alpha: weight(1, 4) } };
    expect(shapesOf(prelu, [null, 3, 4])).toEqual([[null, 3, 4]]);
    expect(() => shapesOf(prelu, [null, 4])).toThrow(
      "alpha has shape (1, 4), which does not fit the input (null, 4): expected its shape without the batch, with 1 on shared axes.",
    );
  });
});

import { describe, expect, it } from "vitest";
import type { SummaryShape } from "../../../src/ir/model-summary.ts";
import { addSimpleShapes } from "../../../src/sources/onnx/simple-shapes.ts";

describe("shapes that follow from others", () => {
  it("are kept by activations, turned by transpositions, and nothing else", () => {
    const shapes = new Map<string, SummaryShape>([["x", [null, 8, 6, 3]]]);
    addSimpleShapes(
      [
        {
          opType: "Transpose",
          input: ["x"],
          output: ["t"],
          attribute: [{ name: "perm", ints: [0, 3, 1, 2] }],
        },
        { opType: "Relu", input: ["t"], output: ["r"] },
        { opType: "Transpose", input: ["r"], output: ["u"] },
        { opType: "Conv", input: ["r", "w"], output: ["c"] },
        { opType: "Relu", input: ["c"], output: ["d"] },
      ],
      shapes,
    );
    expect(Object.fromEntries(shapes)).toEqual({
      x: [null, 8, 6, 3],
      t: [null, 3, 8, 6],
      r: [null, 3, 8, 6],
      u: [6, 8, 3, null],
    });
  });

  it("are not made of permutations that do not fit", () => {
    const shapes = new Map<string, SummaryShape>([["x", [1, 2]]]);
    const attribute = [{ name: "perm", ints: [0, 5] }];
    addSimpleShapes([{ opType: "Transpose", input: ["x"], output: ["t"], attribute }], shapes);
    expect(shapes.has("t")).toBe(false);
  });
});

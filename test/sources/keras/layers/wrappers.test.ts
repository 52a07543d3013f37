import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/json.ts";
import { lower, refusal } from "./lowering.ts";

function distributed(className: string, config: JsonObject, shape: readonly (number | null)[]) {
  const layer = { class_name: className, config };
  return { layer: "TimeDistributed", config: { layer }, inputs: [shape] };
}

const FILM = [null, 6, 8, 8, 3];

describe("TimeDistributed", () => {
  it("makes a 2-d convolution one of three dimensions and depth 1", () => {
    const { ops, shapes } = lower(
      distributed("Conv2D", { filters: 4, kernel_size: 3, padding: "same" }, FILM),
    );
    expect(ops).toMatchObject([{ kind: "conv", strides: [1, 1, 1], padding: "same" }]);
    const [op] = ops;
    expect(op?.kind === "conv" && op.weights.kernel.shape).toEqual([1, 3, 3, 3, 4]);
    expect(shapes).toEqual([[null, 6, 8, 8, 4]]);
  });

  it("pools, flattens and applies dense layers step by step", () => {
    expect(lower(distributed("MaxPooling2D", { pool_size: 2 }, FILM)).shapes).toEqual([
      [null, 6, 4, 4, 3],
    ]);
    expect(lower(distributed("Flatten", {}, FILM)).shapes).toEqual([[null, 6, 192]]);
    expect(
      lower(distributed("Dense", { units: 2, activation: "softmax" }, [null, 6, 3])).ops,
    ).toMatchObject([
      { kind: "dense" },
      { kind: "activation", activation: { fn: "softmax", axis: 2 } },
    ]);
  });

  it("pools globally over the picture, not over time", () => {
    const { ops, shapes } = lower(distributed("GlobalAveragePooling2D", {}, FILM));
    expect(ops).toMatchObject([{ kind: "reduce", fn: "mean", axes: [2, 3] }]);
    expect(shapes).toEqual([[null, 6, 3]]);
  });

  it("writes out a recurrent layer for each step", () => {
    const { ops, shapes } = lower(distributed("LSTM", { units: 2 }, [null, 2, 4, 3]));
    const step = ["slice", "reshape", "recurrent", "reshape"];
    expect(ops.map(({ kind }) => kind)).toEqual([...step, ...step, "concat"]);
    expect(ops[4]).toMatchObject({
      kind: "slice",
      starts: [0, 1, 0, 0],
      ends: [null, 2, null, null],
    });
    expect(shapes).toEqual([[null, 2, 2]]);
  });

  it.each([
    ["freely many", null],
    ["too many", 101],
  ])("refuses that for %s steps", (_, time) => {
    expect(refusal(distributed("LSTM", { units: 2 }, [null, time, 4, 3]))).toBe(
      [
        'Layer "it" (TimeDistributed): what it wraps needs a step ("recurrent") that cannot act on each time step alone, and ' +
          "cannot be written out for each of them: that takes a fixed number of steps, at most 100.",
        "  Apply the layer without TimeDistributed where the model allows it.",
      ].join("\n"),
    );
  });
});

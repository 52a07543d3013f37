import { describe, expect, it } from "vitest";
import { factsOf } from "../../../src/report/plot/layer-facts.ts";

describe("the facts of a layer", () => {
  it("are the settings of a convolution that are not as usual", () => {
    const config = {
      kernel_size: [3, 5],
      filters: 32,
      strides: [2, 2],
      padding: "same",
      activation: "relu",
    };
    expect(factsOf(config)).toBe("3×5, 32 filters, stride 2, same, relu");
    expect(factsOf({ ...config, strides: [1, 1], padding: "valid", activation: "linear" })).toBe(
      "3×5, 32 filters",
    );
  });

  it("are read in the words of every generation", () => {
    expect(factsOf({ nb_filter: 8, subsample: [2, 1], border_mode: "same" })).toBe(
      "8 filters, stride 2×1, same",
    );
    expect(factsOf({ units: 10, activation: { class_name: "function", config: "gelu" } })).toBe(
      "10 units, gelu",
    );
    expect(factsOf({ input_dim: 10000, output_dim: 64 })).toBe("from 10,000, to 64");
  });

  it("are those of the wrapped layer too", () => {
    const config = { merge_mode: "concat", layer: { class_name: "LSTM", config: { units: 3 } } };
    expect(factsOf(config)).toBe("concat, 3 units");
  });

  it("count one thing as one", () => {
    expect(factsOf({ units: 1, activation: "sigmoid" })).toBe("1 unit, sigmoid");
  });

  it("tell the sides of a padding", () => {
    expect(
      factsOf({
        padding: [
          [0, 1],
          [2, 3],
        ],
      }),
    ).toBe("0+1×2+3");
  });

  it("tell the axis when it is not the last", () => {
    expect(factsOf({ axis: [3] }, 4)).toBe("");
    expect(factsOf({ axis: -1 })).toBe("");
    expect(factsOf({ axis: 1 }, 4)).toBe("axis 1");
  });
});

import { describe, expect, it } from "vitest";
import type { LossPenalties } from "../../../src/ir/graph.ts";
import { denseModel } from "./dense-model.ts";

function told(penalties: LossPenalties | undefined) {
  return penalties?.weights.map(({ layer, weight, l1, l2 }) => ({
    layer,
    shape: weight.shape,
    l1,
    l2,
  }));
}

describe("penalties of weights", () => {
  it("are read from L1L2 of Keras 2", async () => {
    const { graph } = await denseModel(
      { kernel_regularizer: { class_name: "L1L2", config: { l1: 0, l2: 0.25 } } },
      "2.2.4",
    );
    expect(told(graph.penalties)).toEqual([{ layer: "d", shape: [2, 3], l1: 0, l2: 0.25 }]);
  });

  it("are read from W_regularizer of Keras 1", async () => {
    const { graph } = await denseModel(
      { W_regularizer: { name: "WeightRegularizer", l1: 0.5, l2: 0 }, b_regularizer: null },
      "1.2.2",
    );
    expect(told(graph.penalties)).toEqual([{ layer: "d", shape: [2, 3], l1: 0.5, l2: 0 }]);
  });

  it("are read from L2 of Keras 3, with its module", async () => {
    const l2 = { module: "keras.regularizers", class_name: "L2", config: { l2: 0.125 } };
    const { graph } = await denseModel({ bias_regularizer: l2, kernel_regularizer: null }, "3.5.0");
    expect(told(graph.penalties)).toEqual([{ layer: "d", shape: [3], l1: 0, l2: 0.125 }]);
  });

  it("of frozen layers count in Keras 2 but not in Keras 3", async () => {
    const frozen = {
      trainable: false,
      kernel_regularizer: { class_name: "L2", config: { l2: 0.125 } },
    };
    expect((await denseModel(frozen, "2.2.4")).graph.penalties?.weights).toHaveLength(1);
    expect((await denseModel(frozen, "3.5.0")).graph.penalties).toBeUndefined();
  });

  it("are left out where there are none", async () => {
    const nothing = { kernel_regularizer: { class_name: "L1L2", config: { l1: 0, l2: 0 } } };
    expect((await denseModel(nothing, "2.2.4")).graph.penalties).toBeUndefined();
  });

  it("are read from OrthogonalRegularizer, for matrices", async () => {
    const stated = {
      class_name: "OrthogonalRegularizer",
      config: { factor: 0.25, mode: "columns" },
    };
    const { graph } = await denseModel(
      { kernel_regularizer: stated, bias_regularizer: stated },
      "2.15.0",
    );
    const orthogonal = { factor: 0.25, of: "columns", shape: [2, 3] };
    expect(graph.penalties?.weights).toMatchObject([{ layer: "d", l1: 0, l2: 0, orthogonal }]);
    expect(graph.penalties?.others.map(({ text }) => text)).toEqual([
      "Its bias_regularizer is none of L1, L2 and orthogonal: the loss is computed without it.",
    ]);
  });

  it("that are not known are told apart", async () => {
    const { graph, warnings } = await denseModel(
      {
        kernel_regularizer: { class_name: "Mine", config: { factor: 0.01 } },
      },
      "2.9.0",
    );
    expect(warnings).toEqual([]);
    expect(graph.penalties?.others.map(({ text }) => text)).toEqual([
      "Its kernel_regularizer is none of L1, L2 and orthogonal: the loss is computed without it.",
    ]);
  });
});

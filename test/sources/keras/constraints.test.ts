import { describe, expect, it } from "vitest";
import type { WeightConstraints } from "../../../src/ir/graph.ts";
import type { Json } from "../../../src/json.ts";
import { denseModel } from "./dense-model.ts";

/** What a dense layer of shape (2, 3) is held to. */
async function dense(
  config: Readonly<Record<string, Json>>,
  version: string,
): Promise<WeightConstraints | undefined> {
  return (await denseModel(config, version)).graph.constraints;
}

const MAX_NORM = { class_name: "MaxNorm", config: { max_value: 3, axis: [0, -1] } };

describe("constraints of weights", () => {
  it("are read from the classes of Keras 2", async () => {
    const found = await dense({ kernel_constraint: MAX_NORM }, "2.2.4");
    expect(found?.weights.map(({ layer, rule }) => ({ layer, rule }))).toEqual([
      { layer: "d", rule: { kind: "norm", least: 0, most: 3, rate: 1, axes: [0, 1] } },
    ]);
  });

  it("are read from the arguments of Keras 1", async () => {
    const found = await dense(
      { W_constraint: { name: "MaxNorm", m: 2, axis: 0 }, b_constraint: { name: "NonNeg" } },
      "1.2.2",
    );
    expect(found?.weights.map(({ rule }) => rule)).toEqual([
      { kind: "norm", least: 0, most: 2, rate: 1, axes: [0] },
      { kind: "non-negative" },
    ]);
  });

  it("are read from Keras 3, with its module", async () => {
    const config = { min_value: 0.5, max_value: 1, rate: 0.25, axis: 0 };
    const own = { module: "keras.constraints", class_name: "MinMaxNorm", config };
    const found = await dense({ kernel_constraint: own, bias_constraint: null }, "3.5.0");
    expect(found?.weights.map(({ rule }) => rule)).toEqual([
      { kind: "norm", least: 0.5, most: 1, rate: 0.25, axes: [0] },
    ]);
  });

  it("of frozen layers hold nothing", async () => {
    const config = { kernel_constraint: MAX_NORM, trainable: false };
    expect(await dense(config, "2.2.4")).toBeUndefined();
  });

  it("that are not known are told apart", async () => {
    const found = await dense({ kernel_constraint: { class_name: "Mine", config: {} } }, "2.9.0");
    expect(found?.weights).toEqual([]);
    expect(found?.others.map(({ text }) => text)).toEqual(["Its kernel_constraint is not known."]);
  });
});

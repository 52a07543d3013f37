import { describe, expect, it } from "vitest";
import { mlmodelWriter } from "../../src/cli/convert-mlmodel.ts";
import { findObstacles } from "../../src/cli/obstacles.ts";
import { KERAS2, layer, namedSequential } from "../sources/keras/hand-made.ts";
import { kerasFile } from "../sources/keras/keras-file.ts";

/** A model whose layers have no weights. */
function modelOf(shape: readonly (number | null)[], ...layers: Parameters<typeof layer>[]) {
  const [first, ...rest] = layers.map(([name, config]) => layer(name, config));
  const start = { ...first, config: { ...Object(first?.config), batch_input_shape: shape } };
  return kerasFile({
    attributes: KERAS2,
    weights: KERAS2,
    model: { ...namedSequential("m", []), config: { name: "m", layers: [start, ...rest] } },
    groups: {},
  });
}

const texts = (found: readonly { readonly text: string }[]) => found.map(({ text }) => text);

describe("findObstacles", () => {
  it("finds nothing in the way of a model that converts", async () => {
    const source = await modelOf([null, 4], ["Activation", { name: "a", activation: "relu" }]);
    expect(findObstacles(source, {}, mlmodelWriter)).toEqual({ obstacles: [], warnings: [] });
  });

  it("goes on behind a layer that cannot be read, to what cannot be written", async () => {
    const source = await modelOf(
      [null, 2, 2, 2, 2, 2],
      ["Mystery", { name: "first" }],
      ["Enigma", { name: "second" }],
      ["Activation", { name: "a", activation: "relu" }],
    );
    const { obstacles } = findObstacles(source, {}, mlmodelWriter);
    expect(obstacles.map(({ at }) => at?.layer)).toEqual(["first", "second", "first_input"]);
    expect(texts(obstacles)[2]).toBe(
      "the input has 6 axes, which cannot be expressed: a blob has five, the batch among them.",
    );
  });

  it("leaves a damaged file an error", async () => {
    const source = await modelOf([null, 4], ["Dense", { name: "d", units: 3 }]);
    expect(() => findObstacles(source, {}, mlmodelWriter)).toThrow(/weights?/);
  });
});

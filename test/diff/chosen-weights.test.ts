import { describe, expect, it } from "vitest";
import { kerasSide } from "../../src/diff/keras-side.ts";
import { array, KERAS2, layer, namedSequential } from "../sources/keras/hand-made.ts";
import { kerasFile } from "../sources/keras/keras-file.ts";

describe("weights of a nested model whose names do not tell their layers", () => {
  it("are given as readKeras gives them: in the only order that fits all shapes", async () => {
    const input = { batch_input_shape: [null, 1] };
    const model = namedSequential("outer", [
      namedSequential("inner", [
        layer("Dense", { name: "k1", units: 2, use_bias: false, trainable: false, ...input }),
        layer("Dense", { name: "k2", units: 3, use_bias: false }),
      ]),
    ]);
    const inner = [
      array("other_1/kernel:0", [1, 2], [7, 8]),
      array("other_2/kernel:0", [2, 3], [1, 2, 3, 4, 5, 6]),
    ];
    const file = await kerasFile({
      attributes: KERAS2,
      weights: KERAS2,
      model,
      groups: { inner },
    });
    const { layers } = kerasSide(file, {}).side;
    const shapes = layers.map(({ name, weights }) => [name, weights.map(({ ref }) => ref.shape)]);
    expect(shapes).toEqual([
      ["inner/k1", [[1, 2]]],
      ["inner/k2", [[2, 3]]],
    ]);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffModels, type ModelDiff } from "../../src/diff/diff.ts";
import { kerasSide } from "../../src/diff/keras-side.ts";
import { bytesSource } from "../../src/formats/bytes.ts";
import { FIXTURES } from "../cases.ts";

function diff(a: string, b: string): ModelDiff {
  const [before, after] = [a, b].map((path) => {
    const bytes = new Uint8Array(readFileSync(join(FIXTURES, path)));
    return kerasSide(bytesSource(bytes, path), {}).side;
  });
  if (before === undefined || after === undefined) throw new Error("unreachable");
  return diffModels(before, after);
}

/** What differs, without what does not count. */
function changes({ interface: ports, layers, weights, training }: ModelDiff): unknown {
  const { changed, reshaped } = weights;
  return { ports, layers, changed, reshaped, training };
}

const NOTHING = {
  ports: [],
  layers: { added: [], removed: [], renamed: [], respelled: [], changed: [], count: 0 },
  changed: [],
  reshaped: [],
  training: [],
};

describe("one model saved by several generations", () => {
  const LAST = "generations/k3151/model.keras";

  it.each([
    "generations/k213/model.hdf5",
    "generations/k224/model.hdf5",
    "generations/k231/model.hdf5",
    "generations/tf115/model.h5",
    "generations/tf215/model.h5",
    "generations/tf215/model.keras",
    "generations/tf_keras2210/model.keras",
    "generations/k3151/model.h5",
  ])("is equal: %s", (path) => {
    const found = diff(path, LAST);
    expect(changes(found)).toEqual(NOTHING);
    expect(found.equal).toBe(true);
    expect(found.weights).toMatchObject({ layers: 5, identical: 5 });
  });

  it("differs where the default of an argument did", () => {
    const found = diff("generations/k208/model.hdf5", LAST);
    expect(changes(found)).toEqual({
      ...NOTHING,
      training: [{ what: "epsilon", a: 1e-8, b: 1e-7 }],
    });
    expect(found.equal).toBe(false);
  });

  it.each([
    ["layers/k3_td_model/model.h5", "layers/k3_td_model/model.keras"],
    ["generations/tf215_nested/model.h5", "generations/tf215_nested/model.keras"],
    ["generations/k3151_mixed_float16/model.h5", "generations/k3151_mixed_float16/model.keras"],
  ])("is equal in another container: %s, %s", (a, b) => {
    expect(changes(diff(a, b))).toEqual(NOTHING);
  });
});

describe("a model before and after training", () => {
  const found = diff("diff/before.keras", "diff/after.keras");

  it("differs by what NumPy says", () => {
    const expected: Record<string, { readonly relative: number | null }> = JSON.parse(
      readFileSync(join(FIXTURES, "diff/expected.json"), "utf8"),
    );
    const measured = Object.fromEntries(
      found.weights.changed.map(({ layer, role, shape, ...numbers }) => {
        expect(layer).toBe("head");
        return [role, numbers];
      }),
    );
    for (const [role, numbers] of Object.entries(expected)) {
      for (const [key, value] of Object.entries(numbers)) {
        const own = Object.entries(measured[role] ?? {}).find(([name]) => name === key)?.[1];
        if (value === null) expect(own).toBeNull();
        else expect(own).toBeCloseTo(value, 6);
      }
    }
    expect(Object.keys(measured).sort()).toEqual(Object.keys(expected).sort());
  });

  it("says that the frozen layers stayed as they were", () => {
    expect(found.frozen).toEqual({
      frozen: 2,
      frozenUnchanged: 2,
      moved: [],
      statistics: [],
      trainable: 1,
      trainableChanged: 1,
    });
  });

  it("says that the optimizer went on", () => {
    expect(found.optimizer).toMatchObject({ equal: false, arrays: [2, 4], steps: [0, 6] });
  });

  it("points out a frozen normalisation whose statistics moved", () => {
    expect(diff("diff/after.keras", "diff/moved.keras").frozen).toMatchObject({
      frozenUnchanged: 1,
      moved: ["base/norm"],
      statistics: ["base/norm"],
      trainableChanged: 0,
    });
  });
});

describe("names", () => {
  it("do not count when the structure is the same", () => {
    const found = diff("diff/moved.keras", "diff/renamed.keras");
    expect(found.layers).toEqual({
      added: [],
      removed: [],
      respelled: [],
      changed: [],
      count: 0,
      renamed: [
        { a: "base/conv", b: "base_7/conv_7", className: "Conv2D" },
        { a: "base/norm", b: "base_7/norm_7", className: "BatchNormalization" },
        { a: "flat", b: "flat_7", className: "Flatten" },
        { a: "head", b: "head_7", className: "Dense" },
      ],
    });
    expect(found.weights).toMatchObject({ layers: 3, identical: 3 });
  });
});

describe("another architecture", () => {
  it("is told key by key, with the shapes that changed", () => {
    const found = diff("diff/before.keras", "diff/wider.keras");
    expect(found.interface).toEqual([{ what: "outputs", a: ["(?, 3)"], b: ["(?, 4)"] }]);
    expect(found.layers.changed).toEqual([
      { name: "head", className: "Dense", changes: [{ what: "units", a: 3, b: 4 }] },
    ]);
    expect(found.weights.reshaped).toEqual([
      { layer: "head", role: "kernel", a: [32, 3], b: [32, 4] },
      { layer: "head", role: "bias", a: [3], b: [4] },
    ]);
  });

  it("is told by the layers that come and go", () => {
    const { layers } = diff(
      "generations/k224/model.hdf5",
      "generations/k122_tensorflow_tf/model.hdf5",
    );
    expect(layers.removed.map(({ name }) => name)).toEqual([
      "conv_dw_1",
      "conv_dw_1_bn",
      "conv_dw_1_relu",
    ]);
    expect(layers.added.map(({ name }) => name)).toEqual(["pool1"]);
    expect(layers.changed.find(({ name }) => name === "conv1")?.changes).toEqual([
      { what: "filters", a: 6, b: 5 },
      { what: "strides", a: [2, 2], b: [1, 1] },
    ]);
  });

  it("is told of layers that are frozen now", () => {
    const { layers } = diff(
      "snacks/snacks_mobilenet025/model.hdf5",
      "snacks/snacks_mobilenet025_frozen/model.hdf5",
    );
    expect(layers.changed[0]).toEqual({
      name: "mobilenet_0.25_224/conv1",
      className: "Conv2D",
      changes: [{ what: "trainable", a: true, b: false }],
    });
  });
});

describe("files that cannot be understood", () => {
  it("are compared by the arrays of layers whose classes are unknown", () => {
    const path = "micro/arg_custom_layer/model.hdf5";
    expect(diff(path, path).equal).toBe(true);
  });

  it("are compared by their arrays when they hold no architecture", () => {
    const weights = "generations/k3151/model.weights.h5";
    const same = diff(weights, weights);
    expect([same.equal, same.architecture, same.weights.identical]).toEqual([true, false, 5]);
    expect(diff(weights, "generations/k3151_float16/model.weights.h5").equal).toBe(false);
  });
});

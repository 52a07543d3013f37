import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ByteSource, bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { readFloat32 } from "../../src/ir/tensor.ts";
import type { JsonObject } from "../../src/json.ts";
import type { TracedModel } from "../../src/sources/keras/traced-model.ts";
import { buildArchitecture } from "../../src/surgery/build-architecture.ts";
import { cutModel } from "../../src/surgery/cut-model.ts";
import { initialiseModel } from "../../src/surgery/initialise.ts";
import { loadWeightsInto } from "../../src/surgery/load-weights.ts";
import { newHead } from "../../src/surgery/new-head.ts";
import { reinitialise } from "../../src/surgery/reinitialise.ts";
import { writeKeras } from "../../src/targets/keras/index.ts";
import { FIXTURES } from "../cases.ts";
import { fixtureModel } from "./models.ts";

function file(path: string): ByteSource {
  return bytesSource(readFileSync(join(FIXTURES, path)), path);
}

/** The numbers of all weights by layer. */
function numbersOf({ table }: TracedModel): Readonly<Record<string, readonly number[][]>> {
  return Object.fromEntries(
    [...table].flatMap(([{ name }, weights]) =>
      weights.size === 0 ? [] : [[name, [...weights.values()].map((ref) => [...readFloat32(ref)])]],
    ),
  );
}

describe("loading weights by name", () => {
  it.each([
    ["k224/weights.h5", "k224/model.hdf5"],
    ["tf215/weights.h5", "k3151/model.keras"],
    ["k3151/model.h5", "k224/model.hdf5"],
    ["tf215/model.keras", "k213/model.hdf5"],
    ["k3151/model.weights.h5", "k3151/model.keras"],
    ["k224_theano/model.hdf5", "k224_theano/model.hdf5"],
    ["k3151_nested/model.h5", "k3151_nested/model.keras"],
  ])("takes %s over into %s, begun anew", (from, into) => {
    const traced = fixtureModel(`generations/${into}`);
    const fresh = reinitialise(traced, { seed: 9 });
    expect(numbersOf(fresh)).not.toEqual(numbersOf(traced));
    const { traced: filled, missing, unused } = loadWeightsInto(fresh, file(`generations/${from}`));
    expect([missing, unused]).toEqual([[], []]);
    expect(numbersOf(filled)).toEqual(numbersOf(traced));
  });

  it("leaves the top of state files, whose layers have no names, where the model has none", () => {
    const { archive, model, ...whole } = fixtureModel("generations/k3151/model.keras");
    const layer = model.layers.find(({ fileClass }) => fileClass === "Flatten")?.name ?? "";
    const json = cutModel(archive.model, model, [{ layer, call: 0, tensor: 0 }]);
    const topless = initialiseModel(json, { dialect: archive.dialect, seed: 1 });
    const given = file("generations/k3151/model.weights.h5");
    const { traced, missing, unused } = loadWeightsInto(topless, given);
    expect([missing, unused]).toEqual([[], ["dense"]]);
    expect(numbersOf({ archive, model, ...whole })).toMatchObject(numbersOf(traced));
  });

  it("leaves the convolution that is the top of a MobileNet in such a file", () => {
    const options = { alpha: 0.25, inputShape: [32, 32, 3], classes: 5 };
    const whole = buildArchitecture("mobilenet", { ...options, seed: 3 });
    const given = written(whole, ".weights.h5");
    const base = buildArchitecture("mobilenet", { ...options, includeTop: false });
    const { traced, missing, unused } = loadWeightsInto(base, given);
    expect([missing, unused]).toEqual([[], ["conv2d_14"]]);
    expect(numbersOf(whole)).toMatchObject(numbersOf(traced));
    const { archive, model } = base;
    const end = { layer: "conv_pw_12_relu", call: 0, tensor: 0 };
    const json = cutModel(archive.model, model, [end]);
    const shorter = initialiseModel(json, { dialect: archive.dialect });
    expect(() => loadWeightsInto(shorter, given)).toThrow("which the architecture does not have");
  });

  it("gives layers with names of Keras' own their weights in order, whatever a session counted before", () => {
    const named = (first: number) =>
      initialiseModel(sequence([`conv2d_${first}`, `conv2d_${first + 1}`]), {
        dialect: DIALECT,
        seed: first,
      });
    const given = written(named(4), ".h5");
    const { traced, missing, unused } = loadWeightsInto(named(3), given);
    expect([missing, unused]).toEqual([[], []]);
    expect(Object.values(numbersOf(traced))).toEqual(Object.values(numbersOf(named(4))));
  });

  it("finds the layers of a flat model in a nested one", () => {
    const nested = fixtureModel("generations/tf215_nested/model.h5");
    const { loaded, missing } = loadWeightsInto(
      reinitialise(nested),
      file("generations/tf215/model.h5"),
    );
    expect(loaded.some((path) => path.startsWith("base/"))).toBe(true);
    expect(missing).toEqual([]);
  });

  it("leaves a new head as it is, and says so", () => {
    const { traced } = newHead(fixtureModel("generations/tf215/model.h5"), { classes: 7 });
    const { missing, unused } = loadWeightsInto(traced, file("generations/tf215/model.h5"));
    expect([missing, unused]).toEqual([["dense"], ["head"]]);
  });

  it("names every weight of another shape", () => {
    const wide = buildArchitecture("mobilenet", {
      alpha: 0.5,
      inputShape: [32, 32, 3],
      includeTop: false,
    });
    const source = file("snacks/snacks_mobilenet025/model.hdf5");
    expect(() => loadWeightsInto(wide, source)).toThrow(
      'Layer "conv1" (Conv2D), snacks/snacks_mobilenet025/model.hdf5: The weight "kernel" has shape (3, 3, 3, 8) in the file, expected (3, 3, 3, 16).',
    );
    expect(() => loadWeightsInto(wide, source)).toThrow("And 50 more layers.");
  });

  it("skips such layers only when asked", () => {
    const source = file("snacks/snacks_mobilenet025/model.hdf5");
    const options = { alpha: 0.25, inputShape: [32, 32, 1], includeTop: false };
    const gray = buildArchitecture("mobilenet", options);
    expect(() => loadWeightsInto(gray, source)).toThrow("has shape (3, 3, 3, 8) in the file");
    const { skipped, loaded } = loadWeightsInto(gray, source, { skipMismatch: true });
    expect(skipped).toEqual(["conv1"]);
    expect(loaded).toHaveLength(53);
  });

  it("loads a published base out of a whole model around it", () => {
    const base = buildArchitecture("mobilenet", {
      alpha: 0.25,
      inputShape: [224, 224, 3],
      includeTop: false,
    });
    const { loaded, missing, unused } = loadWeightsInto(
      base,
      file("snacks/snacks_mobilenet025/model.hdf5"),
    );
    expect([loaded.length, missing, unused]).toEqual([54, [], ["dense_1"]]);
  });

  it("refuses a file of another architecture", () => {
    const traced = buildArchitecture("squeezenet", { inputShape: [64, 64, 3] });
    expect(() => loadWeightsInto(traced, file("generations/k224/weights.h5"))).toThrow(
      "The file holds 1 weight (conv1/kernel:0), expected 2 (kernel, bias).",
    );
  });
});

const DIALECT = { generation: "tf", version: "2.15.0", backend: "tensorflow" } as const;

/** Convolutions of these names, of one shape. */
function sequence(names: readonly string[]): JsonObject {
  const layers = names.map((name, index) => ({
    class_name: "Conv2D",
    config: {
      name,
      filters: 2,
      kernel_size: [1, 1],
      ...(index === 0 ? { batch_input_shape: [null, 4, 4, 2] } : {}),
    },
  }));
  return { class_name: "Sequential", config: { name: "model", layers } };
}

function written(traced: TracedModel, container: ".h5" | ".weights.h5"): ByteSource {
  return bytesSource(collectBytes(writeKeras(traced, { container }).file), "given");
}

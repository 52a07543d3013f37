import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { createGroup, writeHdf5 } from "../../src/formats/hdf5-writer/index.ts";
import { leafOf } from "../../src/sources/keras/slots.ts";
import { buildArchitecture } from "../../src/surgery/build-architecture.ts";
import { FIXTURES } from "../cases.ts";

/** What `fixtures/generators/architectures.py` notes of a model. */
interface Reference {
  readonly name: string;
  readonly arguments: {
    readonly alpha?: number;
    readonly depth_multiplier?: number;
    readonly input_shape?: readonly (number | null)[];
    readonly include_top?: boolean;
    readonly pooling?: "avg" | "max";
    readonly classes?: number;
  };
  readonly model: string;
  readonly parameters: number;
  readonly layers: readonly [
    name: string,
    className: string,
    shape: readonly (number | null)[],
    weights: readonly (readonly number[])[],
  ][];
}

const references: readonly Reference[] = JSON.parse(
  gunzipSync(readFileSync(join(FIXTURES, "surgery/architectures.json.gz"))).toString("utf8"),
);

describe("a published architecture", () => {
  it.each(
    references.map(
      (reference) =>
        [`${reference.name} ${JSON.stringify(reference.arguments)}`, reference] as const,
    ),
  )("has the layers and weights that Keras makes: %s", (_, reference) => {
    const { alpha, depth_multiplier, input_shape, include_top, pooling, classes } =
      reference.arguments;
    const { model, table, trace, specs, archive } = buildArchitecture(reference.name, {
      ...(alpha === undefined ? {} : { alpha }),
      ...(depth_multiplier === undefined ? {} : { depthMultiplier: depth_multiplier }),
      ...(input_shape === undefined ? {} : { inputShape: input_shape }),
      ...(include_top === undefined ? {} : { includeTop: include_top }),
      ...(pooling === undefined ? {} : { pooling }),
      ...(classes === undefined ? {} : { classes }),
    });
    const layers = model.layers.slice(1).map((layer) => {
      const weights = table.get(layer);
      const { slots } = leafOf(layer, specs, archive.dialect);
      const shapes = slots.map(({ role }) => weights?.get(role)?.shape);
      return [layer.name, layer.fileClass, trace.shapes(layer, 0)[0], shapes];
    });
    expect(model.name).toBe(reference.model);
    expect(layers).toEqual(reference.layers);
  });
});

/** What `fixtures/generators/architectures_keras2.py` notes of a model. */
interface EarlyReference {
  readonly name: string;
  readonly arguments: {
    readonly alpha?: number;
    readonly input_shape: readonly number[];
    readonly classes: number;
  };
  readonly layers: readonly [
    name: string,
    className: string,
    shape: readonly (number | null)[],
    weights: readonly (readonly number[])[],
    padding: unknown,
    epsilon: number | null,
  ][];
}

const early: readonly EarlyReference[] = JSON.parse(
  gunzipSync(readFileSync(join(FIXTURES, "surgery/architectures_keras2.json.gz"))).toString("utf8"),
);

describe("an architecture like that of a file of Keras 2.2", () => {
  it.each(early.map((reference) => [reference.name, reference] as const))(
    "is the one that Keras had then: %s",
    (name, { arguments: { alpha, input_shape: inputShape, classes }, layers }) => {
      const like = weightsFile(["input_1", ...layers.map(([layer]) => layer)]);
      const given = { inputShape, classes, like, ...(alpha === undefined ? {} : { alpha }) };
      const { model, table, trace } = buildArchitecture(name, given);
      const own = model.layers.slice(1).map((layer) => {
        const weights = [...(table.get(layer)?.values() ?? [])].map(({ shape }) => [...shape]);
        const { padding = null, epsilon = null } = layer.config;
        return [layer.name, layer.fileClass, trace.shapes(layer, 0)[0], weights, padding, epsilon];
      });
      expect(own.filter(ofNetwork).sort(byName)).toEqual(layers.filter(ofNetwork).sort(byName));
    },
  );

  it("pads as the releases before did, by the layers that they had", () => {
    const names = ["conv1", "bn_conv1", "res2a_branch2a"];
    const firstLayers = (...others: readonly string[]) =>
      buildArchitecture("resnet50", {
        inputShape: [64, 64, 3],
        includeTop: false,
        like: weightsFile([...names, ...others]),
      })
        .model.layers.slice(1, 6)
        .map(({ name }) => name);
    expect(firstLayers("zeropadding2d_1")).toEqual([
      ...["conv1_pad", "conv1", "bn_conv1", "activation", "max_pooling2d"],
    ]);
    expect(firstLayers()).toEqual([
      ...["conv1", "bn_conv1", "activation", "max_pooling2d", "res2a_branch2a"],
    ]);
  });
});

/** Layers of classes that decide what is computed; the others are called as Keras counts them. */
function ofNetwork([, className]: readonly unknown[]): boolean {
  return /Conv|Dense|Norm|Padding/.test(String(className));
}

function byName(one: readonly unknown[], other: readonly unknown[]): number {
  return String(one[0]) < String(other[0]) ? -1 : 1;
}

/** A file of Keras 2 with the names of its layers alone. */
function weightsFile(values: readonly string[]) {
  const root = createGroup();
  root.attributes.set("layer_names", { kind: "texts", values });
  return bytesSource(collectBytes(writeHdf5(root)), "weights.h5");
}

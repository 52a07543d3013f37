import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
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

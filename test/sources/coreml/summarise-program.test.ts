import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { totalOf, uniqueWeights } from "../../../src/ir/model-summary.ts";
import { summariseCoreML } from "../../../src/sources/coreml/summarise.ts";
import { summariseKeras } from "../../../src/sources/keras/summarise.ts";
import { FIXTURES } from "../../cases.ts";
import { listPackages, openPackage, openPackageCase, packagePath } from "../../packages.ts";

/** Here coremltools folds a normalisation away, or multiplies pixels in operations of its own. */
const OTHERWISE = ["convolutions", "half", "image_bgr", "image_rgb"];

const MADE_BY_KERAS = listPackages().filter(
  ({ name, json }) => json.model !== undefined && !OTHERWISE.includes(name),
);

describe("summariseCoreML of an ML Program", () => {
  it.each(MADE_BY_KERAS.map(({ name }) => name))("counts the parameters of %s as Keras", (name) => {
    const { folder, json } = openPackageCase(name);
    const keras = summariseKeras(bytesSource(readFileSync(join(folder, json.model ?? ""))));
    const count = totalOf(uniqueWeights(keras.summary.layers)).count;
    expect(totalOf(uniqueWeights(summarise(packagePath(openPackageCase(name))).layers)).count).toBe(
      count,
    );
  });

  it.each(["cnn-fp16", "cnn-int8", "cnn-int8-ios18", "cnn-palettized4", "cnn-palettized4-ios18"])(
    "counts what %s unpacks to, not what is stored",
    (name) => {
      const { layers } = summarise(join(FIXTURES, `mlpackage/examples/${name}.mlpackage`));
      expect(
        layers.flatMap(({ className, weights }) =>
          className === "conv" ? [weights.map(({ shape }) => shape)] : [],
        ),
      ).toEqual([[[8, 3, 3, 3], [8]], [[8, 1, 3, 3]], [[64, 8, 1, 1], [64]]]);
    },
  );

  it("lists operations with shapes, settings and what they read, and no constants", () => {
    const { layers, results } = summarise(join(FIXTURES, "mlpackage/examples/cnn-fp32.mlpackage"));
    expect(layers.map(({ className }) => className)).not.toContain("const");
    expect(layers[0]).toMatchObject({ name: "image", className: "InputLayer" });
    const conv = layers.find(({ className }) => className === "conv");
    expect(conv?.config).toMatchObject({ strides: [2, 2], groups: 1 });
    expect(conv?.calls[0]?.outputs).toEqual([[1, 8, 8, 8]]);
    expect(conv?.calls[0]?.inputs).toHaveLength(1);
    expect(results).toEqual([
      { layer: "classify_0", call: 0, tensor: 0 },
      { layer: "classify_0", call: 0, tensor: 1 },
    ]);
  });

  it("shows what stands in a branch within it", () => {
    const branch = (name: string) => ({
      operations: [{ type: "relu", inputs: x("in"), outputs: [{ name }] }],
      outputs: [name],
    });
    const x = (name: string) => new Map([["x", { arguments: [{ name }] }]]);
    const operation = { type: "cond", inputs: x("in"), outputs: [{ name: "out" }] };
    const block = {
      operations: [{ ...operation, blocks: [branch("yes"), branch("no")] }],
      outputs: ["out"],
    };
    const { summary } = summariseCoreML(
      {
        mlProgram: {
          version: 1,
          functions: new Map([
            ["main", { opset: "CoreML7", blockSpecializations: new Map([["CoreML7", block]]) }],
          ]),
        },
      },
      { name: "m" },
    );
    expect(summary.layers.map(({ path }) => path)).toEqual(["out"]);
    expect(summary.layers[0]?.model?.layers.map(({ path }) => path)).toEqual(["out/yes", "out/no"]);
  });

  it("refuses a program without the function that it should run", () => {
    expect(() => summariseCoreML({ mlProgram: { functions: new Map() } }, { name: "m" })).toThrow(
      'The program has no function "main".',
    );
  });
});

function summarise(path: string) {
  return summariseCoreML(openPackage(path).model, { name: "m" }).summary;
}

import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import type { MILSpecOperation, Model } from "../../../src/formats/coreml/types.gen.ts";
import { PRESETS, type Preprocessing } from "../../../src/image/preprocessing.ts";
import { openFile } from "../../../src/io/node.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import {
  type Comparison,
  compareModels,
  labelFault,
  planInputs,
  randomSamples,
  seededRandom,
} from "../../../src/verify/compare/index.ts";
import {
  listPackages,
  openPackage,
  openPackageCase,
  type PackageCase,
  packagePath,
} from "../../packages.ts";
import { withInputs, withOperations } from "./mutants.ts";

/** As the code that trained the network would have prepared its pictures. */
function preparationOf({ json }: PackageCase): Preprocessing | undefined {
  const { color, scale = 1, bias: [first = 0, second = 0, third = 0] = [] } = json;
  if (color === undefined) return undefined;
  const reversed = color === "BGR";
  return {
    ...PRESETS.none,
    colorOrder: reversed ? "bgr" : "rgb",
    scale: [scale, scale, scale],
    bias: reversed ? [third, second, first] : [first, second, third],
  };
}

function compare(
  testCase: PackageCase,
  change: (model: Model) => Model = (one) => one,
  preparation: Preprocessing | undefined = preparationOf(testCase),
): Comparison {
  const source = openFile(join(testCase.folder, testCase.json.model ?? ""));
  const { graph } = readKeras(source);
  const { model, blobs } = openPackage(packagePath(testCase));
  const changed = change(model);
  const plans = planInputs(graph, changed, preparation);
  return compareModels(graph, changed, randomSamples(plans, 2, seededRandom(1)), { blobs });
}

/** Keras name and class of the layer that is to blame for a changed program. */
function blameFor(name: string, change: (model: Model) => Model): readonly (string | undefined)[] {
  const { ok, divergence } = compare(openPackageCase(name), change);
  expect(ok).toBe(false);
  return [divergence?.layer, divergence?.className];
}

describe("programs agree with the Keras models that they were made of, layer by layer", () => {
  const kept = listPackages().filter(({ json }) => json.model !== undefined);
  test.each(kept.map((one) => [one.name, one] as const))("%s", (_, testCase) => {
    expect(compare(testCase).ok).toBe(true);
  });
});

describe("the first wrong layer of a program is named when", () => {
  it("a bias is dropped", () => {
    const wrong = (model: Model) => withInputs(model, "linear", { bias: undefined });
    expect(blameFor("image_rgb", wrong)).toEqual(["scores", "Dense"]);
  });

  it("the scale of the pixels is wrong", () => {
    const wrong = (model: Model) =>
      withInputs(model, "x__scaled__", { y: { floats: { values: [1 / 255] } } });
    expect(blameFor("image_rgb", wrong)).toEqual(["x", undefined]);
  });

  it("pictures are not prepared for Keras as the program prepares them", () => {
    const testCase = openPackageCase("image_rgb");
    const { ok, divergence } = compare(testCase, (one) => one, PRESETS.none);
    expect([ok, divergence?.layer, divergence?.className]).toEqual([false, "x", undefined]);
  });

  it("a kernel is flipped", () => {
    const wrong = (model: Model) => flippedKernel(model, "net_first_BiasAdd");
    expect(blameFor("image_rgb", wrong)).toEqual(["first", "Conv2D"]);
  });

  it("the padding of a convolution is of another kind", () => {
    const lower = { pad_type: { strings: { values: ["same_lower"] } } };
    const wrong = (model: Model) => withInputs(model, "conv", lower);
    expect(blameFor("depthwise", wrong)).toEqual(["depth", "DepthwiseConv2D"]);
  });

  it("average pooling counts the padding", () => {
    const counted = { exclude_padding_from_average: { bools: { values: [false] } } };
    const wrong = (model: Model) => withInputs(model, "avg_pool", counted);
    expect(blameFor("pools", wrong)).toEqual(["mean_same", "AveragePooling2D"]);
  });

  it("relu6 has no ceiling", () => {
    const wrong = (model: Model) =>
      withOperations(model, (operation) =>
        operation.type === "relu6" ? { ...operation, type: "relu" } : undefined,
      );
    expect(blameFor("convolutions", wrong)).toEqual(["six", "ReLU"]);
  });

  it("corners are aligned in bilinear upsampling", () => {
    const aligned = {
      align_corners: { bools: { values: [true] } },
      half_pixel_centers: { bools: { values: [false] } },
    };
    const wrong = (model: Model) => withInputs(model, "upsample_bilinear", aligned);
    expect(blameFor("upsampling", wrong)).toEqual(["linear", "UpSampling2D"]);
  });

  it("gates of an LSTM are exchanged", () => {
    const wrong = (model: Model) =>
      withOperations(model, (operation) => {
        if (operation.type !== "lstm") return undefined;
        const inputs = new Map(operation.inputs);
        inputs.set("cell_activation", inputs.get("recurrent_activation") ?? {});
        return { ...operation, inputs };
      });
    expect(blameFor("lstm", wrong)).toEqual(["cell", "LSTM"]);
  });
});

describe("labels of a program", () => {
  const { model } = openPackage(packagePath(openPackageCase("image_rgb")));

  it("are right in their order", () => {
    expect(labelFault(model, ["ant", "bee", "cat"])).toBeUndefined();
    expect(labelFault(model, ["ant", "cat", "bee"])).toBe(
      'Label 1 of the Core ML model is "bee", expected "cat".',
    );
  });

  it("are missing where it does not classify", () => {
    const pools = openPackage(packagePath(openPackageCase("pools")));
    expect(labelFault(pools.model, ["a"])).toBe(
      "The Core ML model is no classifier, so it has no labels.",
    );
  });
});

/** The last axis of a convolution's weights the other way round, by an operation before it. */
function flippedKernel(model: Model, which: string): Model {
  const main = model.mlProgram?.functions?.get("main");
  const opset = main?.opset ?? "";
  const block = main?.blockSpecializations?.get(opset);
  const operations = (block?.operations ?? []).flatMap((operation): readonly MILSpecOperation[] => {
    if (operation.outputs?.[0]?.name !== which) return [operation];
    const weight = operation.inputs?.get("weight")?.arguments?.[0]?.name ?? "";
    const type = (block?.operations ?? []).find(({ outputs }) => outputs?.[0]?.name === weight)
      ?.outputs?.[0]?.type;
    const axes = {
      type: {
        tensorType: {
          dataType: "INT32" as const,
          rank: 1,
          dimensions: [{ constant: { size: 1 } }],
        },
      },
      immediateValue: { tensor: { ints: { values: [-1] } } },
    };
    const flip: MILSpecOperation = {
      type: "reverse",
      inputs: new Map([
        ["x", { arguments: [{ name: weight }] }],
        ["axes", { arguments: [{ value: axes }] }],
      ]),
      outputs: [{ name: "flipped_weight", type }],
    };
    const inputs = new Map(operation.inputs);
    inputs.set("weight", { arguments: [{ name: "flipped_weight" }] });
    return [flip, { ...operation, inputs }];
  });
  const functions = new Map([
    ["main", { ...main, blockSpecializations: new Map([[opset, { ...block, operations }]]) }],
  ]);
  return { ...model, mlProgram: { ...model.mlProgram, functions } };
}

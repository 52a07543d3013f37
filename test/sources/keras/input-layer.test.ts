import { describe, expect, it } from "vitest";
import { type ReadKerasOptions, readKeras } from "../../../src/sources/keras/index.ts";
import { layer, namedSequential, sequential } from "./hand-made.ts";
import { fixture, modelFile, refused } from "./model-file.ts";
import { refusal } from "./refusal.ts";

describe("input shapes", () => {
  const convolution = namedSequential("s", [
    layer("ZeroPadding2D", {
      name: "z",
      padding: [1, 1],
      batch_input_shape: [null, null, null, 3],
    }),
  ]);
  const deferred = sequential(layer("ZeroPadding2D", { name: "z", padding: [1, 1] }));

  it("that are free can be fixed", async () => {
    const source = await modelFile(convolution);
    const { graph } = readKeras(source, { inputShapes: [1, 8, 8, 3] });
    expect([...graph.types.values()].map((type) => type.shape)).toEqual([
      [1, 8, 8, 3],
      [1, 10, 10, 3],
    ]);
  });

  it("that are missing are asked for", async () => {
    expect(await refused(deferred)).toBe(
      'bad-shape: The file does not state the shape of input "z_input".\n' +
        "  Say it, batch first, for example: --input-shape z_input=1,224,224,3",
    );
  });

  it("can be given by name", async () => {
    const source = await modelFile(deferred);
    const { graph } = readKeras(source, { inputShapes: { z_input: [null, 8, 8, 3] } });
    expect(graph.types.get("z")?.shape).toEqual([null, 10, 10, 3]);
  });

  it.each<[ReadKerasOptions, string]>([
    [
      { inputShapes: { image: [1, 8, 8, 3] } },
      'bad-option: A shape is given for "image", but the inputs are "z_input".',
    ],
    [
      { inputShapes: [1, 8, 8, 4] },
      'bad-option: The shape (1, 8, 8, 4) given for input "z_input" contradicts the file, where it is (null, null, null, 3).',
    ],
    [
      { backend: "caffe" },
      'bad-option: The backend "caffe" is not known, expected one of tensorflow, theano, cntk, jax, torch.',
    ],
  ])("that make no sense are refused (%#)", async (options, text) => {
    expect(await refused(convolution, options)).toBe(text);
  });

  it("must be named when there are several inputs", () => {
    const source = fixture("micro/topo_multi_input/model.hdf5");
    expect(refusal(() => readKeras(source, { inputShapes: [1, 4] }))).toMatch(
      /^bad-option: One input shape is given, but the model has 2 inputs: ".*", ".*"\.\n {2}Name the input that each shape is for: --input-shape name=1,224,224,3$/,
    );
  });

  it.each([
    ["text", "text"],
    [[null, "a"], '[null,"a"]'],
    [[], "[]"],
  ])("that no Keras writes are refused: %j", async (shape, quoted) => {
    expect(
      await refused(sequential(layer("Flatten", { name: "f", batch_input_shape: shape }))),
    ).toBe(
      `bad-config: Layer "f_input" (InputLayer): The input shape is ${
        typeof shape === "string" ? `"${quoted}"` : quoted
      }, expected a list of sizes.`,
    );
  });

  it("of text are refused", async () => {
    const model = namedSequential("s", [
      layer("InputLayer", { name: "in", batch_input_shape: [null, 1], dtype: "string" }),
      layer("Flatten", { name: "f" }),
    ]);
    expect(await refused(model)).toBe(
      'unsupported: Layer "in" (InputLayer): The input is text.\n' +
        "  Cut the model behind the layers that turn text into numbers.",
    );
  });
});

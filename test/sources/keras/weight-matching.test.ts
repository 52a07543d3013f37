import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/json.ts";
import { type KerasModel, readKeras } from "../../../src/sources/keras/index.ts";
import { array, KERAS2, layer, namedSequential, numbers, sequential } from "./hand-made.ts";
import { type GivenArray, kerasFile, stateFile } from "./keras-file.ts";
import { refusal } from "./refusal.ts";

/** A whole model of Keras 2 with these groups. */
async function source(model: JsonObject, groups: Readonly<Record<string, readonly GivenArray[]>>) {
  return kerasFile({ attributes: KERAS2, weights: KERAS2, model, groups });
}

async function read(
  model: JsonObject,
  groups: Readonly<Record<string, readonly GivenArray[]>>,
): Promise<KerasModel> {
  return readKeras(await source(model, groups));
}

async function refused(
  model: JsonObject,
  groups: Readonly<Record<string, readonly GivenArray[]>>,
): Promise<string> {
  const file = await source(model, groups);
  return refusal(() => readKeras(file));
}

const INPUT = { batch_input_shape: [null, 1] };

function dense(name: string, more: JsonObject = {}): JsonObject {
  return layer("Dense", { name, units: 1, ...more });
}

function denseArrays(name: string, value: number): readonly GivenArray[] {
  return [array(`${name}/kernel:0`, [1, 1], [value]), array(`${name}/bias:0`, [1], [-value])];
}

describe("groups go to layers", () => {
  const model = sequential(dense("a", INPUT), dense("b"));

  it("by name, whatever their order", async () => {
    const { graph, warnings } = await read(model, {
      b: denseArrays("b", 2),
      a: denseArrays("a", 1),
    });
    expect(numbers(graph, "a", "kernel")).toEqual([1]);
    expect(numbers(graph, "b", "kernel")).toEqual([2]);
    expect(warnings).toEqual([]);
  });

  it("with whatever a wrapper holds that wraps what is not known, so that this is what is told", async () => {
    const held = { class_name: "ConvLSTM2D", config: { filters: 2, kernel_size: [1, 1] } };
    const first = { batch_input_shape: [null, 3, 4, 4, 2], name: "both", layer: held };
    const arrays = [array("both/forward/kernel:0", [1, 1, 2, 8], Array(16).fill(1))];
    expect(await refused(sequential(layer("Bidirectional", first)), { both: arrays })).toContain(
      "it wraps a layer that is not SimpleRNN, LSTM, GRU or an RNN of their cells.",
    );
  });

  it("by position where names differ, with a warning", async () => {
    const { graph, warnings } = await read(model, {
      x: denseArrays("x", 1),
      y: denseArrays("y", 2),
    });
    expect(numbers(graph, "b", "kernel")).toEqual([2]);
    expect(warnings.map((warning) => warning.text)).toEqual([
      'Weights were given to layers by position, because their names differ: "x" in the file went to layer "a".',
    ]);
  });

  it("and are refused when there are more layers", async () => {
    expect(await refused(model, { a: denseArrays("a", 1) })).toBe(
      'bad-weights: model.h5: No weights are stored for layer "b".\n' +
        "  The architecture and the weights are not of the same model; one of them may be without its top layers.",
    );
  });

  it("and are refused when there are more groups", async () => {
    const groups = { a: denseArrays("a", 1), b: denseArrays("b", 1), c: denseArrays("c", 1) };
    expect(await refused(model, groups)).toBe(
      'bad-weights: model.h5: Weights are stored for layer "c", which the architecture does not have.\n' +
        "  The architecture and the weights are not of the same model; one of them may be without its top layers.",
    );
  });
});

describe("the weights of a layer", () => {
  const model = sequential(layer("Dense", { name: "a", units: 2, ...INPUT }));

  it("must be as many as it needs", async () => {
    expect(await refused(model, { a: [array("a/kernel:0", [1, 2])] })).toBe(
      'bad-weights: Layer "a" (Dense), model.h5: The file holds 1 weight (a/kernel:0), expected 2 (kernel, bias).\n' +
        "  The architecture and the weights are not of the same model.",
    );
  });

  it("must have the shapes it needs", async () => {
    const groups = { a: [array("a/kernel:0", [2, 1]), array("a/bias:0", [2])] };
    expect(await refused(model, groups)).toBe(
      'bad-weights: Layer "a" (Dense): The weight "kernel" has shape (2, 1) in the file, expected (1, 2).\n' +
        "  The architecture and the weights are not of the same model.",
    );
  });

  it("are told apart by their names, whatever their order", async () => {
    const { graph } = await read(model, {
      a: [array("a/bias:0", [2], [3, 4]), array("a/kernel:0", [1, 2], [1, 2])],
    });
    expect(numbers(graph, "a", "kernel")).toEqual([1, 2]);
    expect(numbers(graph, "a", "bias")).toEqual([3, 4]);
  });

  it("are taken in order where names say nothing", async () => {
    const { graph } = await read(model, {
      a: [array("first", [1, 2], [1, 2]), array("second", [2], [3, 4])],
    });
    expect(numbers(graph, "a", "kernel")).toEqual([1, 2]);
  });

  it("of several layers are all reported at once", async () => {
    const wrong = sequential(dense("a", INPUT), layer("PReLU", { name: "p" }), dense("b"));
    const groups = {
      a: [array("a/kernel:0", [2, 1]), array("a/bias:0", [1])],
      p: [array("p/alpha:0", [1])],
      b: denseArrays("b", 1),
    };
    expect(await refused(wrong, groups)).toBe(
      'bad-weights: Layer "a" (Dense): The weight "kernel" has shape (2, 1) in the file, expected (1, 1).\n' +
        "  The architecture and the weights are not of the same model.",
    );
  });
});

describe("the flat list of a nested model", () => {
  const bn = (name: string): JsonObject => layer("BatchNormalization", { name, axis: -1 });
  const bnArrays = (name: string, values: readonly number[]): readonly GivenArray[] =>
    ["gamma", "beta", "moving_mean", "moving_variance"].map((role, index) =>
      array(`${name}/${role}:0`, [1], [values[index] ?? 0]),
    );
  const nested = (first: JsonObject = {}): JsonObject =>
    namedSequential("outer", [
      namedSequential("inner", [
        dense("k1", { ...INPUT, ...first }),
        bn("n1"),
        dense("k2"),
        bn("n2"),
      ]),
      dense("head"),
    ]);
  const [g1, b1, m1, v1] = bnArrays("n1", [11, 12, 13, 14]);
  const [g2, b2, m2, v2] = bnArrays("n2", [21, 22, 23, 24]);
  const [w1, c1] = denseArrays("k1", 1);
  const [w2, c2] = denseArrays("k2", 2);
  const list = (arrays: readonly (GivenArray | undefined)[]): readonly GivenArray[] =>
    arrays.filter((item) => item !== undefined);
  /** The same arrays under names that tell the role at best. */
  const renamed = (arrays: readonly GivenArray[]): readonly GivenArray[] =>
    arrays.map((item, index) => ({
      ...item,
      name: `other_${index}/${item.name.slice(item.name.indexOf("/") + 1)}`,
    }));
  const head = denseArrays("head", 9);
  const check = ({ graph }: KerasModel): void => {
    expect(numbers(graph, "inner/k1", "kernel")).toEqual([1]);
    expect(numbers(graph, "inner/k2", "kernel")).toEqual([2]);
    expect(numbers(graph, "inner/n1", "gamma")).toEqual([11]);
    expect(numbers(graph, "inner/n1", "variance")).toEqual([14]);
    expect(numbers(graph, "inner/n2", "mean")).toEqual([23]);
    expect(numbers(graph, "head", "kernel")).toEqual([9]);
  };

  it.each([
    ["trainable first", list([w1, c1, g1, b1, w2, c2, g2, b2, m1, v1, m2, v2])],
    ["layer by layer", list([w1, c1, g1, b1, m1, v1, w2, c2, g2, b2, m2, v2])],
    ["any order", list([v2, m2, b2, g2, c2, w2, v1, m1, b1, g1, c1, w1])],
  ])("is taken apart by names: %s", async (_, arrays) => {
    check(await read(nested(), { inner: arrays, head }));
  });

  it("is taken apart by names that a second model in one process has numbered", async () => {
    const arrays = list([w2, c2, g1, b1, w1, c1, g2, b2, m2, v2, m1, v1]);
    const numbered = arrays.map((item) => ({ ...item, name: item.name.replace("/", "_1/") }));
    check(await read(nested(), { inner: numbered, head }));
  });

  it.each([
    ["all trainable", {}, list([w1, c1, g1, b1, w2, c2, g2, b2, m1, v1, m2, v2])],
    [
      "the first frozen",
      { trainable: false },
      list([g1, b1, w2, c2, g2, b2, w1, c1, m1, v1, m2, v2]),
    ],
  ])("is taken apart by order where names are of another model: %s", async (_, first, arrays) => {
    check(await read(nested(first), { inner: renamed(arrays), head }));
  });

  it("is taken apart by the trainable flags, when only one order fits all shapes", async () => {
    const wide = namedSequential("outer", [
      namedSequential("inner", [
        layer("Dense", { name: "k1", units: 2, use_bias: false, trainable: false, ...INPUT }),
        layer("Dense", { name: "k2", units: 3, use_bias: false }),
      ]),
    ]);
    const arrays = [
      array("other_2/kernel:0", [2, 3], [1, 2, 3, 4, 5, 6]),
      array("other_1/kernel:0", [1, 2], [7, 8]),
    ];
    const { graph } = await read(wide, { inner: arrays });
    expect(numbers(graph, "inner/k1", "kernel")).toEqual([7, 8]);
    expect(numbers(graph, "inner/k2", "kernel")).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("is refused when two orders fit", async () => {
    const twins = namedSequential("outer", [
      namedSequential("inner", [dense("k1", { ...INPUT, trainable: false }), dense("k2")]),
    ]);
    const arrays = renamed([...denseArrays("k2", 2), ...denseArrays("k1", 1)]);
    expect(await refused(twins, { inner: arrays })).toBe(AMBIGUOUS);
  });

  const AMBIGUOUS =
    "bad-weights: model.h5: The weights of a nested model can be given to its layers in several ways, and neither names nor shapes tell which is right.\n" +
    "  Save the model again with the version of Keras that wrote it, with all layers trainable.";
});

describe("a state file", () => {
  const architecture = JSON.stringify({
    module: "keras",
    ...namedSequential("s", [
      layer("InputLayer", { name: "in", batch_shape: [null, 1] }),
      dense("first"),
      layer("Bidirectional", {
        name: "bi",
        layer: layer("SimpleRNN", { name: "rnn", units: 1, return_sequences: true }),
      }),
      dense("last"),
    ]),
  });
  const two = JSON.stringify({
    module: "keras",
    ...namedSequential("s", [
      layer("InputLayer", { name: "in", batch_shape: [null, 1] }),
      dense("first"),
      dense("last"),
    ]),
  });
  const vars = (path: string, value: number): readonly GivenArray[] => [
    array(`${path}/vars/0`, [1, 1], [value]),
    array(`${path}/vars/1`, [1], [0]),
  ];

  it("counts layers by class", async () => {
    const file = await stateFile([...vars("layers/dense", 1), ...vars("layers/dense_1", 2)]);
    const { graph } = readKeras(file, { architecture: two });
    expect(numbers(graph, "first", "kernel")).toEqual([1]);
    expect(numbers(graph, "last", "kernel")).toEqual([2]);
  });

  it("may count each layer twice, and call the layers something else", async () => {
    const file = await stateFile([
      ...vars("_layer_checkpoint_dependencies/dense", 1),
      ...vars("_layer_checkpoint_dependencies/dense_2", 2),
    ]);
    const { graph } = readKeras(file, { architecture: two });
    expect(numbers(graph, "last", "kernel")).toEqual([2]);
  });

  it("counts ten and more by number, not by letter", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `d${index}`);
    const many = JSON.stringify({
      module: "keras",
      ...namedSequential("s", [
        layer("InputLayer", { name: "in", batch_shape: [null, 1] }),
        ...names.map((name) => dense(name)),
      ]),
    });
    const file = await stateFile(
      names.flatMap((_, index) => vars(`layers/dense${index === 0 ? "" : `_${index}`}`, index)),
    );
    const { graph } = readKeras(file, { architecture: many });
    expect(names.map((name) => numbers(graph, name, "kernel")[0])).toEqual(names.map((_, i) => i));
  });

  it("must hold what every layer needs", async () => {
    const file = await stateFile(vars("layers/dense", 1));
    expect(refusal(() => readKeras(file, { architecture: two }))).toBe(
      'bad-weights: Layer "last" (Dense), model.h5: The file holds no weights, expected kernel, bias.\n' +
        "  The architecture and the weights are not of the same model.",
    );
    const short = await stateFile([
      ...vars("layers/dense", 1),
      array("layers/dense_1/vars/0", [1, 1]),
    ]);
    expect(refusal(() => readKeras(short, { architecture: two }))).toBe(
      'bad-weights: Layer "last" (Dense), model.h5: The file holds 1 weights (shapes (1, 1)), expected 2 (kernel, bias).\n' +
        "  The architecture and the weights are not of the same model.",
    );
  });

  it("must not hold more", async () => {
    const file = await stateFile([
      ...vars("layers/dense", 1),
      ...vars("layers/dense_1", 2),
      ...vars("layers/conv2d", 3),
    ]);
    expect(refusal(() => readKeras(file, { architecture: two }))).toBe(
      'bad-weights: model.h5, /layers: Weights are stored for "conv2d", which the architecture does not have.\n' +
        "  The architecture and the weights are not of the same model.",
    );
  });

  it("holds what wrappers wrap in groups of their own", async () => {
    const cell = (path: string, value: number): readonly GivenArray[] => [
      array(`${path}/cell/vars/0`, [1, 1], [value]),
      array(`${path}/cell/vars/1`, [1, 1], [0]),
      array(`${path}/cell/vars/2`, [1], [0]),
    ];
    const sequence = architecture.replace('"batch_shape":[null,1]', '"batch_shape":[null,5,1]');
    const file = await stateFile([
      ...vars("layers/dense", 1),
      ...cell("layers/bidirectional/forward_layer", 2),
      ...cell("layers/bidirectional/backward_layer", 3),
      array("layers/dense_1/vars/0", [2, 1], [4, 5]),
      array("layers/dense_1/vars/1", [1], [0]),
    ]);
    const { graph } = readKeras(file, { architecture: sequence });
    expect(numbers(graph, "bi", "kernel")).toEqual([2]);
    expect(numbers(graph, "bi", "backwardKernel")).toEqual([3]);
    expect(numbers(graph, "last", "kernel")).toEqual([4, 5]);
  });
});

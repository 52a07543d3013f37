import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/json.ts";
import {
  type KerasModel,
  type ReadKerasOptions,
  readKeras,
} from "../../../src/sources/keras/index.ts";
import { array, KERAS2, layer, numbers, range, sequential } from "./hand-made.ts";
import { type GivenArray, type GivenFile, kerasFile, writeFile } from "./keras-file.ts";

async function read(given: GivenFile, options: ReadKerasOptions = {}): Promise<KerasModel> {
  return readKeras(await kerasFile(given), options);
}

describe("weights of Keras 1", () => {
  const keras1 = { keras_version: "1.2.2" };

  it("of an LSTM lie gate by gate, i c f o, and become i f c o", async () => {
    const gate = (name: string, base: number): readonly GivenArray[] => [
      array(`l_W_${name}:0`, [2, 1], [base, base + 1]),
      array(`l_U_${name}:0`, [1, 1], [base + 2]),
      array(`l_b_${name}:0`, [1], [base + 3]),
    ];
    const { graph, warnings } = await read({
      attributes: keras1,
      model: sequential(
        layer("LSTM", { name: "l", output_dim: 1, batch_input_shape: [null, 3, 2] }),
      ),
      groups: { l: [...gate("i", 10), ...gate("c", 20), ...gate("f", 30), ...gate("o", 40)] },
    });
    expect(numbers(graph, "l", "kernel")).toEqual([10, 30, 20, 40, 11, 31, 21, 41]);
    expect(numbers(graph, "l", "recurrentKernel")).toEqual([12, 32, 22, 42]);
    expect(numbers(graph, "l", "bias")).toEqual([13, 33, 23, 43]);
    expect(warnings).toEqual([]);
    expect(graph.source).toEqual({ format: "keras", version: "1.2.2", backend: "tensorflow" });
  });

  it("of a Bidirectional GRU lie forward first, then backward", async () => {
    const gates = (prefix: string, base: number): readonly GivenArray[] =>
      ["z", "r", "h"].flatMap((gate, index) => [
        array(`${prefix}_W_${gate}:0`, [1, 1], [base + index]),
        array(`${prefix}_U_${gate}:0`, [1, 1], [base + 10 + index]),
        array(`${prefix}_b_${gate}:0`, [1], [base + 20 + index]),
      ]);
    const { graph } = await read({
      attributes: keras1,
      model: sequential(
        layer("Bidirectional", {
          name: "bi",
          batch_input_shape: [null, 3, 1],
          merge_mode: "concat",
          layer: layer("GRU", { name: "gru_1", output_dim: 1 }),
        }),
      ),
      groups: { bi: [...gates("forward_gru_1", 100), ...gates("backward_gru_1", 200)] },
    });
    expect(numbers(graph, "bi", "kernel")).toEqual([100, 101, 102]);
    expect(numbers(graph, "bi", "backwardKernel")).toEqual([200, 201, 202]);
    expect(numbers(graph, "bi", "recurrentKernel")).toEqual([110, 111, 112]);
    expect(numbers(graph, "bi", "backwardBias")).toEqual([220, 221, 222]);
  });

  it("of an LSTM made for GPUs lie joined already", async () => {
    const { graph } = await read({
      attributes: keras1,
      model: sequential(
        layer("LSTM", {
          name: "l",
          output_dim: 1,
          consume_less: "gpu",
          batch_input_shape: [null, 3, 1],
        }),
      ),
      groups: {
        l: [
          array("l_W:0", [1, 4], [1, 2, 3, 4]),
          array("l_U:0", [1, 4], [5, 6, 7, 8]),
          array("l_b:0", [4], [9, 10, 11, 12]),
        ],
      },
    });
    expect(numbers(graph, "l", "kernel")).toEqual([1, 2, 3, 4]);
    expect(numbers(graph, "l", "bias")).toEqual([9, 10, 11, 12]);
  });

  it.each([
    ["1.2", [2, 1, 3, 2], range(12)],
    // [out, in, length, 1]: out is the slowest.
    ["1.1", [2, 3, 2, 1], [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]],
  ] as const)(
    "of a one-dimensional convolution, as Keras %s stores it",
    async (_, shape, expected) => {
      const { graph } = await read({
        attributes: keras1,
        model: sequential(
          layer("Convolution1D", {
            name: "c",
            nb_filter: 2,
            filter_length: 2,
            batch_input_shape: [null, 5, 3],
          }),
        ),
        groups: { c: [array("c_W:0", shape, range(12)), array("c_b:0", [2])] },
      });
      expect(numbers(graph, "c", "kernel")).toEqual(expected);
    },
  );

  it("of a Deconvolution2D have their channels the other way round", async () => {
    const config = { name: "d", nb_filter: 2, nb_row: 1, nb_col: 1 };
    const last = await read({
      attributes: keras1,
      model: sequential(
        layer("Deconvolution2D", {
          ...config,
          dim_ordering: "tf",
          batch_input_shape: [null, 2, 2, 3],
        }),
      ),
      groups: { d: [array("d_W:0", [1, 1, 3, 2], range(6)), array("d_b:0", [2])] },
    });
    expect(numbers(last.graph, "d", "kernel")).toEqual([0, 2, 4, 1, 3, 5]);
    const first = await read({
      attributes: keras1,
      model: sequential(
        layer("Deconvolution2D", {
          ...config,
          dim_ordering: "th",
          batch_input_shape: [null, 3, 2, 2],
        }),
      ),
      groups: { d: [array("d_W:0", [2, 3, 1, 1], range(6)), array("d_b:0", [2])] },
    });
    expect(numbers(first.graph, "d", "kernel")).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("of a convolution on Theano stand turned round, and the file does not say so", async () => {
    const given: GivenFile = {
      attributes: keras1,
      model: sequential(
        layer("Convolution2D", {
          name: "c",
          nb_filter: 1,
          nb_row: 2,
          nb_col: 2,
          dim_ordering: "th",
          batch_input_shape: [null, 1, 4, 4],
        }),
      ),
      groups: { c: [array("c_W", [1, 1, 2, 2], [1, 2, 3, 4]), array("c_b", [1])] },
    };
    const theano = await read(given);
    expect(numbers(theano.graph, "c", "kernel")).toEqual([4, 3, 2, 1]);
    expect(theano.warnings.map((warning) => [warning.text, warning.hint])).toEqual([
      [
        'This file of Keras 1 does not say which backend wrote it. Its weight names (such as "c_W", without ":0") are those of Theano, so kernels are turned round.',
        "If it was TensorFlow, say so with --backend tensorflow.",
      ],
    ]);
    const told = await read(given, { backend: "tensorflow" });
    expect(numbers(told.graph, "c", "kernel")).toEqual([1, 2, 3, 4]);
    expect(told.warnings).toEqual([]);
  });

  it.each([
    ["1.0.5", [(2 + 0.5) ** 2 - 0.5]],
    ["1.0.6", [2]],
    ["1.0.8", [2]],
  ])("of BatchNormalization hold, in Keras %s, its kind of spread", async (version, expected) => {
    const { graph } = await read({
      attributes: { keras_version: version },
      model: sequential(
        layer("BatchNormalization", {
          name: "bn",
          epsilon: 0.5,
          mode: 0,
          axis: -1,
          batch_input_shape: [null, 1],
        }),
      ),
      groups: {
        bn: [
          array("bn_gamma:0", [1]),
          array("bn_beta:0", [1]),
          array("bn_running_mean:0", [1]),
          array("bn_running_std:0", [1], [2]),
        ],
      },
    });
    expect(numbers(graph, "bn", "variance")).toEqual(expected);
  });

  it("warn when a spread may be either", async () => {
    const { warnings } = await read({
      model: sequential(
        layer("BatchNormalization", { name: "bn", axis: -1, batch_input_shape: [null, 1] }),
      ),
      groups: {
        bn: ["gamma", "beta", "running_mean", "running_std"].map((role) =>
          array(`bn_${role}:0`, [1]),
        ),
      },
    });
    expect(warnings.map((warning) => warning.text)).toEqual([
      'The file does not say which Keras 1 wrote it; the running statistics of layer "bn" (and others of its class) were taken for variances, as 1.0.6 and later store them.',
    ]);
  });

  it("of a model that starts with a Merge are stored branch layer by branch layer", async () => {
    const branch = (name: string): JsonObject =>
      sequential(layer("Dense", { name, output_dim: 1, batch_input_shape: [null, 1] }));
    const { graph } = await read({
      attributes: keras1,
      model: sequential(
        layer("Merge", { name: "m", mode: "sum", layers: [branch("left"), branch("right")] }),
        layer("Dense", { name: "top", output_dim: 1 }),
      ),
      groups: {
        left: [array("left_W:0", [1, 1], [1]), array("left_b:0", [1])],
        right: [array("right_W:0", [1, 1], [2]), array("right_b:0", [1])],
        top: [array("top_W:0", [1, 1], [3]), array("top_b:0", [1])],
      },
    });
    expect(numbers(graph, "branch_1/left", "kernel")).toEqual([1]);
    expect(numbers(graph, "branch_2/right", "kernel")).toEqual([2]);
    expect(numbers(graph, "top", "kernel")).toEqual([3]);
    expect(graph.inputs.map((port) => port.name)).toEqual(["branch_1_input", "branch_2_input"]);
  });
});

describe("weights of Keras 0.x", () => {
  it("are numbered, and go to the layers that have any", async () => {
    const source = await writeFile((root) => {
      root.create_attribute("nb_layers", 3, [], "<i4");
      for (const [index, arrays] of [[[1, 1]], [], [[1, 1]]].entries()) {
        const group = root.create_group(`layer_${index}`);
        group.create_attribute("nb_params", arrays.length === 0 ? 0 : 2, [], "<i4");
        if (arrays.length === 0) continue;
        group.create_dataset({ name: "param_0", data: Float32Array.of(index + 1), shape: [1, 1] });
        group.create_dataset({ name: "param_1", data: Float32Array.of(0), shape: [1] });
      }
    });
    const architecture = JSON.stringify({
      ...sequential(
        layer("Dense", { name: "a", output_dim: 1, batch_input_shape: [null, 1] }),
        layer("Activation", { name: "act", activation: "relu" }),
        layer("Dense", { name: "b", output_dim: 1 }),
      ),
      keras_version: "1.0.4",
    });
    const { graph, warnings } = readKeras(source, { architecture });
    expect(numbers(graph, "a", "kernel")).toEqual([1]);
    expect(numbers(graph, "b", "kernel")).toEqual([3]);
    expect(warnings.map((warning) => warning.text)).toEqual([
      "These are weights of Keras 0.x, which do not say which backend wrote them; Theano was assumed, so kernels are turned round.",
    ]);
  });
});

describe("weights of cuDNN layers", () => {
  const rnn = (className: string): JsonObject =>
    sequential(layer(className, { name: "r", units: 2, batch_input_shape: [null, 3, 3] }));

  it("of an LSTM: gates transposed, both biases added", async () => {
    const { graph } = await read({
      attributes: KERAS2,
      weights: KERAS2,
      model: rnn("CuDNNLSTM"),
      groups: {
        r: [
          array("r/kernel:0", [3, 8], range(24)),
          array("r/recurrent_kernel:0", [2, 8], range(16)),
          array("r/bias:0", [16], range(16)),
        ],
      },
    });
    // Gate 0 is [[0, 1], [8, 9], [16, 17]]; its numbers in order are a 2 by 3 matrix, to be transposed.
    const kernel = numbers(graph, "r", "kernel");
    expect([kernel.slice(0, 2), kernel.slice(8, 10), kernel.slice(16, 18)]).toEqual([
      [0, 9],
      [1, 16],
      [8, 17],
    ]);
    const recurrent = numbers(graph, "r", "recurrentKernel");
    expect([recurrent.slice(0, 2), recurrent.slice(8, 10)]).toEqual([
      [0, 8],
      [1, 9],
    ]);
    expect(numbers(graph, "r", "bias")).toEqual([8, 10, 12, 14, 16, 18, 20, 22]);
  });

  it("of a GRU: the biases stay apart", async () => {
    const { graph } = await read({
      attributes: KERAS2,
      weights: KERAS2,
      model: rnn("CuDNNGRU"),
      groups: {
        r: [
          array("r/kernel:0", [3, 6]),
          array("r/recurrent_kernel:0", [2, 6]),
          array("r/bias:0", [12], range(12)),
        ],
      },
    });
    const [node] = graph.nodes;
    expect(node?.op).toMatchObject({ kind: "recurrent", cell: "gru", resetAfter: true });
    expect(numbers(graph, "r", "bias")).toEqual(range(12));
  });
});

describe("a Keras 2 file of Theano", () => {
  it("has its convolutions turned round, but not the depthwise ones", async () => {
    const backend = { keras_version: "2.2.4", backend: "theano" };
    const { graph, warnings } = await read({
      attributes: backend,
      weights: backend,
      model: sequential(
        layer("Conv2D", {
          name: "c",
          filters: 1,
          kernel_size: [2, 2],
          batch_input_shape: [null, 4, 4, 1],
        }),
        layer("DepthwiseConv2D", { name: "d", kernel_size: [2, 2] }),
      ),
      groups: {
        c: [array("c/kernel:0", [2, 2, 1, 1], [1, 2, 3, 4]), array("c/bias:0", [1])],
        d: [array("d/depthwise_kernel:0", [2, 2, 1, 1], [1, 2, 3, 4]), array("d/bias:0", [1])],
      },
    });
    expect(numbers(graph, "c", "kernel")).toEqual([4, 3, 2, 1]);
    expect(numbers(graph, "d", "kernel")).toEqual([1, 2, 3, 4]);
    expect(warnings).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import type { Op, OpOf } from "../../../src/ir/ops/index.ts";
import { writeOnnx } from "../../../src/targets/onnx/index.ts";
import { buildGraph, weight } from "../coreml-nn/build-graph.ts";
import { ACTIVATIONS, KERNELS, OPS, UNARY } from "../sample-ops.ts";
import { expectReference } from "./against-reference.ts";

describe("ONNX says", () => {
  test.each(Object.entries(OPS))("%s", async (_, [op, ...shapes]) => {
    await expectReference(buildGraph(shapes, (add, ...inputs) => add(op, ...inputs)));
  });

  test.each(ACTIVATIONS)("%o", async (activation) => {
    const op = { kind: "activation", activation, weights: {} } as const;
    await expectReference(buildGraph([[5, 6]], (add, x) => add(op, x)));
  });

  test.each(ACTIVATIONS)("%o of a picture that lies channels first", async (activation) => {
    const op = { kind: "activation", activation, weights: {} } as const;
    await expectReference(buildGraph([[4, 6, 2]], (add, x) => add(op, add(CONV, x))));
  });

  test.each(UNARY)("%s", async (fn) => {
    const op = { kind: "unary", fn, exponent: 2, min: -0.5, weights: {} } as const;
    await expectReference(buildGraph([[5, 6]], (add, x) => add(op, x)));
  });

  describe.each(["half-pixel", "asymmetric"] as const)("resizing at %s places", (coordinates) => {
    test.each(KERNELS)("by %s", async (interpolation) => {
      const common = { kind: "resize", interpolation, coordinates, weights: {} } as const;
      const smaller = { ...common, size: [4, 9], layout: "channels-first" } as const;
      const larger = { ...common, factors: [3], layout: "channels-last" } as const;
      const volume = { ...common, factors: [2, 1, 3], layout: "channels-last" } as const;
      await expectReference(buildGraph([[2, 7, 5]], (add, x) => add(smaller, x)));
      await expectReference(buildGraph([[5, 2]], (add, x) => add(larger, x)));
      await expectReference(buildGraph([[2, 3, 2, 2]], (add, x) => add(volume, x)));
    });
  });
});

test("batch normalisations of several lengths without a gamma or a beta", async () => {
  const norm = (channels: number, id: string): Op => ({
    ...{ kind: "batchNorm", axis: 3, epsilon: 0.001, momentum: 0.9 },
    weights: {
      mean: weight(`${id}_mean`, [channels]),
      variance: weight(`${id}_variance`, [channels]),
    },
  });
  const wider = { ...CONV, weights: { kernel: weight("wider", [2, 2, 4, 5]) } };
  await expectReference(
    buildGraph([[7, 8, 2]], (add, x) =>
      add(norm(5, "b"), add(wider, add(norm(4, "a"), add(CONV, x)))),
    ),
  );
});

describe("sizes that are free", () => {
  test.each([5, 6, 7, 8])("%i: a strided convolution pads as TensorFlow does", async (free) => {
    const strided = { ...CONV, strides: [2, 2], padding: "same" } as const;
    await expectReference(
      buildGraph([[null, null, 2]], (add, x) => add(strided, x)),
      { free },
    );
  });

  test.each([5, 8])("%i: pools, transposed convolutions and upsampling", async (free) => {
    const pool = (fn: "max" | "average"): Op => ({
      ...{ kind: "pool", fn, poolSize: [3, 2], strides: [2, 2], padding: "same" },
      ...{ layout: "channels-last", weights: {} },
    });
    const up: Op = {
      ...{ kind: "resize", factors: [2, 2], interpolation: "bilinear" },
      ...{ coordinates: "half-pixel", layout: "channels-last", weights: {} },
    };
    const back: Op = {
      ...{ kind: "convTranspose", strides: [2, 1], dilations: [1, 1], padding: "same" },
      layout: "channels-last",
      weights: { kernel: weight("kernel", [3, 3, 4, 2]) },
    };
    const graph = buildGraph([[null, null, 2]], (add, x) => [
      add(pool("max"), x),
      add(pool("average"), x),
      add(up, x),
      add(back, x),
    ]);
    await expectReference(graph, { free });
  });

  test("recurrent layers take any number of steps", async () => {
    const graph = buildGraph([[null, 3]], (add, x) => add(recurrent({}), x));
    await expectReference(graph, { free: 4 });
    await expectReference(graph, { free: 9 });
  });

  test("a kernel that needs them is refused", () => {
    const graph = buildGraph([[null, null, 2]], (add, x) =>
      add(
        {
          ...{ kind: "resize", size: [4, 4], interpolation: "bicubic" },
          ...{ coordinates: "half-pixel", layout: "channels-last", weights: {} },
        },
        x,
      ),
    );
    expect(() => writeOnnx(graph)).toThrow(
      'Layer "resize_1" (resize): resizing by bicubic needs a known size, but axis 1 of the input is free.',
    );
  });
});

describe("recurrent layers", () => {
  const cells: readonly (readonly [string, Partial<RecurrentOp>])[] = [
    ["an LSTM", {}],
    ["a GRU that resets before the product", { cell: "gru" }],
    ["a GRU that resets after the product", { cell: "gru", resetAfter: true }],
    ["a simple cell", { cell: "simple" }],
    ["hard sigmoids", { recurrentActivation: { fn: "hardSigmoid", slope: 0.2, offset: 0.5 } }],
    ["an activation that the operator lacks", { activation: { fn: "selu" } }],
    ["a softmax", { activation: { fn: "softmax", axis: 1 } }],
    ["no activation", { activation: { fn: "linear" } }],
  ];
  const ways: readonly (readonly [string, Partial<RecurrentOp>])[] = [
    ["forwards", {}],
    ["backwards", { direction: "backward" }],
    ["backwards, all steps", { direction: "backward", returnSequences: true }],
    ["both ways, joined", { direction: "bidirectional", merge: "concat", returnSequences: true }],
    ["both ways, averaged", { direction: "bidirectional", merge: "average" }],
  ];
  describe.each(cells)("%s", (_, cell) => {
    test.each(ways)("%s", async (_way, way) => {
      const op = recurrent({ ...cell, ...way, returnState: true });
      await expectReference(buildGraph([[4, 3]], (add, x) => add(op, x)));
    });

    test.each(ways)("%s, with states to start from and a mask with gaps", async (_way, way) => {
      const op = recurrent({ ...cell, ...way, initialState: true, masked: true });
      const states = (op.cell === "lstm" ? 2 : 1) * (op.direction === "bidirectional" ? 2 : 1);
      const shapes = [[4, 3], ...Array.from({ length: states }, () => [2]), [4]];
      const graph = buildGraph(shapes, (add, x, ...rest) => {
        const mask = add(
          { kind: "notEqualMask", value: 0, reduceLast: false, weights: {} },
          rest.at(-1) ?? "",
        );
        return add(op, x, ...rest.slice(0, -1), mask);
      });
      const given = [...shapes.slice(1).map(() => undefined), [0, 1, 0, 1, 1, 0, 0, 0]];
      await expectReference(graph, { given });
    });
  });
});

describe("layouts", () => {
  test("a chain of layers over pictures is transposed once, at its start", async () => {
    const norm: Op = {
      ...{ kind: "batchNorm", axis: 3, epsilon: 1e-3, momentum: 0.9 },
      weights: { mean: weight("mean", [4]), variance: weight("variance", [4], 0.5, 2) },
    };
    const relu: Op = {
      kind: "activation",
      activation: { fn: "relu", negativeSlope: 0, maxValue: 6, threshold: 0 },
      weights: {},
    };
    const pool: Op = {
      ...{ kind: "globalPool", fn: "average", keepDims: false, layout: "channels-last" },
      ...{ masked: false, weights: {} },
    };
    const again = { ...CONV, weights: { kernel: weight("again", [3, 3, 4, 4]) } };
    const graph = buildGraph([[8, 8, 2]], (add, x) => {
      const first = add(relu, add(norm, add(CONV, x)));
      const sum = add({ kind: "merge", fn: "add", weights: {} }, first, add(relu, first));
      const border: Op = {
        ...{
          kind: "pad",
          amounts: [
            [0, 0],
            [1, 0],
            [0, 2],
            [0, 0],
          ],
          mode: "constant",
        },
        ...{ value: 0, weights: {} },
      };
      const joined = add({ kind: "concat", axis: 3, weights: {} }, sum, first);
      const half = { ...again, weights: { kernel: weight("half", [1, 1, 8, 4]) } };
      return add(pool, add(again, add(border, add(half, joined))));
    });
    const { model } = await expectReference(graph);
    const kinds = model.graph?.node?.map(({ opType }) => opType) ?? [];
    expect(kinds.filter((kind) => kind === "Transpose")).toEqual(["Transpose"]);
    expect(kinds[0]).toBe("Transpose");
  });

  test("layers channels first need no transposition", async () => {
    const first = { ...CONV, layout: "channels-first" } as const;
    const { model } = await expectReference(buildGraph([[2, 6, 6]], (add, x) => add(first, x)));
    expect(model.graph?.node?.map(({ opType }) => opType)).toEqual(["Conv", "Identity"]);
  });

  test("permuting costs nothing until somebody wants the order", async () => {
    const permute = { kind: "permute", dims: [0, 2, 3, 1], weights: {} } as const;
    const back = { kind: "permute", dims: [0, 3, 1, 2], weights: {} } as const;
    const graph = buildGraph([[3, 4, 5]], (add, x) => add(back, add(permute, x)));
    const { model } = await expectReference(graph);
    expect(model.graph?.node?.map(({ opType }) => opType)).toEqual(["Identity"]);
  });
});

const CONV: OpOf<"conv"> = {
  kind: "conv",
  strides: [1, 1],
  dilations: [1, 1],
  padding: "valid",
  groups: 1,
  layout: "channels-last",
  weights: { kernel: weight("kernel", [3, 3, 2, 4]), bias: weight("bias", [4]) },
};

type RecurrentOp = OpOf<"recurrent">;

function recurrent(options: Partial<RecurrentOp>): RecurrentOp {
  const { cell = "lstm", direction = "forward", resetAfter = false } = options;
  const columns = { simple: 1, gru: 3, lstm: 4 }[cell] * 2;
  const bias = resetAfter ? [2, columns] : [columns];
  const backward = {
    backwardKernel: weight("backward kernel", [3, columns]),
    backwardRecurrentKernel: weight("backward recurrent", [2, columns]),
    backwardBias: weight("backward bias", bias),
  };
  return {
    kind: "recurrent",
    units: 2,
    activation: { fn: "tanh" },
    recurrentActivation: { fn: "sigmoid" },
    merge: null,
    returnSequences: false,
    returnState: false,
    initialState: false,
    masked: false,
    stateful: false,
    ...options,
    cell,
    direction,
    resetAfter,
    weights: {
      kernel: weight("kernel", [3, columns]),
      recurrentKernel: weight("recurrent", [2, columns]),
      bias: weight("bias", bias),
      ...(direction === "bidirectional" ? backward : {}),
    },
  };
}

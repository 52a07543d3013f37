import { describe, expect, test } from "vitest";
import type { Activation } from "../../../src/ir/ops/activation.ts";
import type { RecurrentOp } from "../../../src/ir/ops/recurrent.ts";
import { writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { openCase } from "../../cases.ts";
import { formsOf } from "../../forms.ts";
import { buildGraph, weight } from "./build-graph.ts";
import { testGraph } from "./equivalence.ts";

const tanh: Activation = { fn: "tanh" };
const sigmoid: Activation = { fn: "sigmoid" };

type Cell = RecurrentOp["cell"];

const INPUTS = 3;
const UNITS = 4;

function recurrent(cell: Cell, rest: Partial<RecurrentOp> = {}): RecurrentOp {
  const columns = { simple: 1, gru: 3, lstm: 4 }[cell] * UNITS;
  const bias = cell === "gru" && rest.resetAfter === true ? [2, columns] : [columns];
  const both = rest.direction === "bidirectional";
  return {
    kind: "recurrent",
    cell,
    units: UNITS,
    activation: tanh,
    recurrentActivation: sigmoid,
    resetAfter: false,
    direction: "forward",
    merge: "concat",
    returnSequences: false,
    returnState: false,
    initialState: false,
    masked: false,
    stateful: false,
    weights: {
      kernel: weight("kernel", [INPUTS, columns]),
      recurrentKernel: weight("recurrent", [UNITS, columns]),
      bias: weight("bias", bias),
      ...(both
        ? {
            backwardKernel: weight("backward kernel", [INPUTS, columns]),
            backwardRecurrentKernel: weight("backward recurrent", [UNITS, columns]),
            backwardBias: weight("backward bias", bias),
          }
        : {}),
    },
    ...rest,
  };
}

const CELLS: readonly Cell[] = ["simple", "gru", "lstm"];

describe("recurrent layers with a layer of their own", () => {
  for (const cell of CELLS) {
    for (const returnSequences of [false, true]) {
      for (const direction of ["forward", "backward"] as const) {
        testGraph(
          `${cell}, ${direction}, sequences: ${returnSequences}`,
          [[5, INPUTS]],
          (add, x) => add(recurrent(cell, { direction, returnSequences }), x),
          { version: 1 },
        );
      }
    }
    testGraph(`${cell} of any length`, [[null, INPUTS]], (add, x) => add(recurrent(cell), x), {
      version: 1,
      free: 7,
    });
    testGraph(`${cell} without bias`, [[5, INPUTS]], (add, x) => {
      const op = recurrent(cell);
      const { kernel, recurrentKernel } = op.weights;
      return add({ ...op, weights: { kernel, recurrentKernel } }, x);
    });
    testGraph(`${cell} with hard sigmoid and relu`, [[5, INPUTS]], (add, x) =>
      add(
        recurrent(cell, {
          activation: { fn: "relu", negativeSlope: 0, maxValue: null, threshold: 0 },
          recurrentActivation: { fn: "hardSigmoid", slope: 0.2, offset: 0.5 },
        }),
        x,
      ),
    );
  }
  testGraph(
    "one LSTM's states into another's",
    [
      [5, INPUTS],
      [4, INPUTS],
    ],
    (add, a, b) => {
      const h = add(
        { kind: "dense", weights: { kernel: weight("h", [INPUTS, UNITS]) } },
        last(add, b),
      );
      const c = add(
        { kind: "dense", weights: { kernel: weight("c", [INPUTS, UNITS]) } },
        last(add, b),
      );
      return add(recurrent("lstm", { initialState: true }), a, h, c);
    },
    { version: 1 },
  );
});

/** The last step of a sequence, as a vector. */
function last(add: Parameters<Parameters<typeof testGraph>[2]>[0], x: string): string {
  return add(
    {
      kind: "globalPool",
      fn: "max",
      keepDims: false,
      layout: "channels-last",
      masked: false,
      weights: {},
    },
    x,
  );
}

describe("bidirectional layers", () => {
  for (const cell of CELLS) {
    for (const merge of ["concat", "sum", "multiply", "average"] as const) {
      for (const returnSequences of [false, true]) {
        const version = cell === "lstm" || !returnSequences ? 1 : 4;
        testGraph(
          `${cell}, ${merge}, sequences: ${returnSequences}`,
          [[5, INPUTS]],
          (add, x) =>
            add(recurrent(cell, { direction: "bidirectional", merge, returnSequences }), x),
          { version },
        );
      }
    }
  }
});

describe("recurrent layers written out step by step", () => {
  for (const direction of ["forward", "backward", "bidirectional"] as const) {
    for (const returnSequences of [false, true]) {
      testGraph(
        `gru with reset after, ${direction}, sequences: ${returnSequences}`,
        [[5, INPUTS]],
        (add, x) => add(recurrent("gru", { resetAfter: true, direction, returnSequences }), x),
        { version: 4 },
      );
      for (const cell of CELLS) {
        testGraph(
          `${cell} with Keras 3's hard sigmoid, ${direction}, sequences: ${returnSequences}`,
          [[5, INPUTS]],
          (add, x) =>
            add(
              recurrent(cell, {
                activation: { fn: "hardSigmoid", slope: 1 / 6, offset: 0.5 },
                recurrentActivation: { fn: "hardSigmoid", slope: 1 / 6, offset: 0.5 },
                direction,
                returnSequences,
              }),
              x,
            ),
        );
        testGraph(
          `${cell} with a mask, ${direction}, sequences: ${returnSequences}`,
          [[5, INPUTS]],
          (add, x) => {
            const mask = add(
              { kind: "notEqualMask", value: 0, reduceLast: true, weights: {} },
              rounded(add, x),
            );
            return add(recurrent(cell, { masked: true, direction, returnSequences }), x, mask);
          },
        );
      }
    }
  }
  testGraph("a single step", [[1, INPUTS]], (add, x) =>
    add(recurrent("gru", { resetAfter: true, returnSequences: true }), x),
  );
  testGraph("with a mask and a given state", [[5, INPUTS], [UNITS]], (add, x, h) => {
    const mask = add(
      { kind: "notEqualMask", value: 0, reduceLast: true, weights: {} },
      rounded(add, x),
    );
    return add(
      recurrent("gru", {
        resetAfter: true,
        masked: true,
        initialState: true,
        returnSequences: true,
      }),
      x,
      h,
      mask,
    );
  });
});

/** Small numbers become 0, so that some steps are masked. */
function rounded(add: Parameters<Parameters<typeof testGraph>[2]>[0], x: string): string {
  return add(
    {
      kind: "activation",
      activation: { fn: "relu", negativeSlope: 0, maxValue: null, threshold: 1.2 },
      weights: {},
    },
    x,
  );
}

describe("embeddings and masks", () => {
  const embedding = {
    kind: "embedding",
    weights: { embeddings: weight("table", [9, 4]) },
  } as const;
  const indices = { range: [0, 9], whole: true } as const;
  testGraph("a row of indices", [[5]], (add, x) => add(embedding, x), {
    ...indices,
    version: 1,
    layers: ["embedding"],
  });
  testGraph("a table of indices", [[3, 5]], (add, x) => add(embedding, x), {
    ...indices,
    version: 1,
  });
  testGraph("a block of indices", [[2, 3, 5]], (add, x) => add(embedding, x), indices);
  testGraph("the mean over true steps", [[5, INPUTS]], (add, x) => {
    const mask = add(
      { kind: "notEqualMask", value: 0, reduceLast: true, weights: {} },
      rounded(add, x),
    );
    return add(
      {
        kind: "globalPool",
        fn: "average",
        keepDims: false,
        layout: "channels-last",
        masked: true,
        weights: {},
      },
      x,
      mask,
    );
  });
  testGraph("masked steps set to 0", [[5, INPUTS]], (add, x) => {
    const mask = add(
      { kind: "notEqualMask", value: 0, reduceLast: true, weights: {} },
      rounded(add, x),
    );
    return add({ kind: "applyMask", weights: {} }, x, mask);
  });
});

test("simple layers are always given a state, of zeros where an array has no room for one", () => {
  // Apple's validator wants exactly two inputs of them, unlike of the other cells.
  const [form] = formsOf(openCase("layers/k3_bisimplernn"));
  if (form === undefined) throw new Error("the case has no file");
  const layers = writeCoreML(form.read().graph).model.neuralNetwork?.layers ?? [];
  const simple = layers.filter((layer) => layer.simpleRecurrent !== undefined);
  expect(simple.map(({ input = [], output = [] }) => [input.length, output.length])).toEqual([
    [2, 2],
    [2, 2],
  ]);
});

describe("activations without a bound", () => {
  const warnings = (rest: Partial<RecurrentOp>): readonly string[] => {
    const graph = buildGraph([[5, INPUTS]], (add, x) => add(recurrent("simple", rest), x));
    return writeCoreML(graph).warnings.map(({ text }) => text);
  };
  const relu: Activation = { fn: "relu", negativeSlope: 0, maxValue: null, threshold: 0 };

  test("are warned about, since Core ML cuts the sums inside", () => {
    expect(warnings({ activation: relu })).toEqual([
      "Core ML keeps the sums inside recurrent layers between -50 and 50. These layers have an activation without a bound, " +
        'so that larger numbers come out different: "recurrent_1".',
    ]);
  });

  test("are exact where the steps are written out, and bounded ones always", () => {
    const masked = { ...recurrent("simple"), activation: relu, masked: true };
    const graph = buildGraph([[5, INPUTS]], (add, x) =>
      add(masked, x, add({ kind: "notEqualMask", value: 0, reduceLast: true, weights: {} }, x)),
    );
    expect(writeCoreML(graph).warnings).toEqual([]);
    expect(warnings({ activation: { fn: "softsign" } })).toEqual([]);
  });
});

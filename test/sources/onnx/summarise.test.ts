import { describe, expect, test } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { readOnnx } from "../../../src/formats/onnx/decode.ts";
import { encodeOnnx } from "../../../src/formats/onnx/encode.ts";
import { tensorWeight } from "../../../src/formats/onnx/tensor-values.ts";
import type { ModelProto } from "../../../src/formats/onnx/types.gen.ts";
import { totalOf, uniqueWeights } from "../../../src/ir/model-summary.ts";
import { readFloat64 } from "../../../src/ir/tensor.ts";
import { summariseOnnx } from "../../../src/sources/onnx/index.ts";
import { writeOnnx } from "../../../src/targets/onnx/index.ts";
import { MUTATIONS, random } from "../../mutations.ts";
import { readableCases } from "../../targets/tfjs/case-runs.ts";

function summaryOf(model: ModelProto) {
  return summariseOnnx(readOnnx(bytesSource(collectBytes(encodeOnnx(model)))), { name: "m" });
}

const float = (name: string, ...dims: readonly (number | string)[]) => ({
  name,
  type: {
    tensorType: {
      elemType: 1,
      shape: {
        dim: dims.map((dim) => (typeof dim === "string" ? { dimParam: dim } : { dimValue: dim })),
      },
    },
  },
});

const TINY: ModelProto = {
  irVersion: 7,
  graph: {
    input: [float("x", "N", 3, 8, 8)],
    output: [float("y", "N", 4, 6, 6)],
    initializer: [
      { name: "w", dims: [4, 3, 3, 3], dataType: 1, floatData: new Float32Array(108).fill(0.5) },
      { name: "b", dims: [4], dataType: 10, int32Data: [0x3c00, 0, 0, 0xc000] },
    ],
    node: [
      {
        opType: "Conv",
        input: ["x", "w", "b"],
        output: ["c"],
        attribute: [{ name: "kernel_shape", type: "INTS", ints: [3, 3] }],
      },
      { opType: "Relu", name: "act", input: ["c"], output: ["y"] },
    ],
  },
};

describe("an ONNX model", () => {
  test("has its nodes as layers, with weights, settings and the shapes that it states", () => {
    const { summary, warnings } = summaryOf(TINY);
    expect(summary.layers.map(({ name, className, calls }) => [name, className, ...calls])).toEqual(
      [
        ["x", "InputLayer", { inputs: [], outputs: [[null, 3, 8, 8]] }],
        ["c", "Conv", { inputs: [{ layer: "x", call: 0, tensor: 0 }], outputs: [undefined] }],
        [
          "act",
          "Relu",
          { inputs: [{ layer: "c", call: 0, tensor: 0 }], outputs: [[null, 4, 6, 6]] },
        ],
      ],
    );
    const conv = summary.layers[1];
    expect(conv?.config).toEqual({ kernel_shape: [3, 3] });
    expect(
      conv?.weights.map(({ role, count, bytes, dtype }) => [role, count, bytes, dtype]),
    ).toEqual([
      ["kernel", 108, 432, "float32"],
      ["bias", 4, 8, "float16"],
    ]);
    expect([summary.results, warnings]).toEqual([[{ layer: "act", call: 0, tensor: 0 }], []]);
  });

  test("gives the numbers of its arrays, wherever they stand", () => {
    const [weight, half] = TINY.graph?.initializer ?? [];
    if (weight === undefined || half === undefined) throw new Error("no arrays");
    const numbers = [weight, half].map((tensor) => {
      const ref = tensorWeight(tensor, {});
      return ref === undefined ? [] : [...readFloat64(ref)];
    });
    expect(numbers).toEqual([new Array(108).fill(0.5), [1, 0, 0, -2]]);
  });

  test("that claims more numbers than it holds is refused", () => {
    expect(() => tensorWeight({ name: "w", dims: [5], dataType: 1, floatData: [1] }, {})).toThrow(
      'The array "w" holds 1 numbers, expected 5.',
    );
    expect(() => tensorWeight({ name: "w", dims: [-1], dataType: 1 }, {})).toThrow(
      'The array "w" has the shape (-1).',
    );
  });

  test("with a branch has its nodes within", () => {
    const branch = {
      node: [{ opType: "Neg", input: ["x"], output: ["n"] }],
      output: [float("n", 1)],
    };
    const { summary } = summaryOf({
      irVersion: 7,
      graph: {
        input: [float("x", 1)],
        node: [
          {
            opType: "If",
            name: "if",
            input: ["x"],
            output: ["y"],
            attribute: [{ name: "then_branch", type: "GRAPH", g: branch }],
          },
        ],
      },
    });
    expect(summary.layers[1]?.model?.layers.map(({ path }) => path)).toEqual(["if/n"]);
  });
});

describe("what kc writes", () => {
  for (const { testCase, graph } of readableCases(["snacks"])) {
    test(`${testCase.id} is shown with all its numbers`, () => {
      const { file } = writeOnnx(graph());
      const model = readOnnx(bytesSource(collectBytes(file)));
      const { summary, warnings } = summariseOnnx(model, { name: "m" });
      expect(warnings).toEqual([]);
      expect(totalOf(uniqueWeights(summary.layers)).count).toBe(testCase.json.parameters);
    });
  }
});

test("damaged files are refused or shown, quickly", () => {
  const [first] = readableCases(["generations"]);
  if (first === undefined) throw new Error("no case");
  const original = collectBytes(writeOnnx(first.graph()).file);
  const start = performance.now();
  const outcomes = new Set<string>();
  for (const mutate of Object.values(MUTATIONS)) {
    for (let seed = 0; seed < 150; seed++) outcomes.add(outcome(mutate(original, random(seed))));
  }
  expect(outcomes.has("shown")).toBe(true);
  expect(outcomes.has("internal")).toBe(false);
  expect(performance.now() - start).toBeLessThan(20_000);
});

/** Anything but a `KcError` goes through. */
function outcome(bytes: Uint8Array): string {
  try {
    const model = readOnnx(bytesSource(bytes));
    summariseOnnx(model, { name: "m" });
    for (const tensor of model.graph?.initializer ?? []) {
      const ref = tensorWeight(tensor, {});
      if (ref !== undefined) readFloat64(ref);
    }
    return "shown";
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    return error.code;
  }
}

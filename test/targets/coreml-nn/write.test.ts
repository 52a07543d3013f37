import { describe, expect, test } from "vitest";
import { toBytes } from "../../../src/formats/coreml/carriers.ts";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import { writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { listCases, openCase } from "../../cases.ts";
import { formsOf } from "../../forms.ts";
import { buildGraph, weight } from "./build-graph.ts";
import { layerKinds } from "./equivalence.ts";
import { bytesOfResult, runWritten } from "./run-written.ts";

const small = buildGraph([[4, 4, 2]], (add, x) => {
  const kernel = weight("kernel", [3, 3, 2, 3]);
  const window = { strides: [1, 1], dilations: [1, 1], padding: "same", groups: 1 } as const;
  const weights = { kernel, bias: weight("bias", [3]) };
  const y = add({ kind: "conv", ...window, layout: "channels-last", weights }, x);
  const relu = { fn: "relu", negativeSlope: 0, maxValue: 6, threshold: 0 } as const;
  return add({ kind: "activation", activation: relu, weights: {} }, y);
});

describe("the file", () => {
  test("has the same bytes twice", () => {
    for (const id of ["micro/bilstm_concat", "micro/fire", "micro/gru_reset_after"]) {
      const read = (): Graph => {
        const [form] = formsOf(openCase(id));
        if (form === undefined) throw new Error(`${id} has no model`);
        return form.read().graph;
      };
      expect(bytesOfResult(writeCoreML(read()))).toEqual(bytesOfResult(writeCoreML(read())));
      const result = writeCoreML(read());
      expect(bytesOfResult(result)).toEqual(bytesOfResult(result));
    }
  });

  test("holds the metadata, user-defined keys sorted", () => {
    const { model } = writeCoreML(small, {
      author: "A",
      license: "L",
      shortDescription: "S",
      modelVersion: "1.2",
      userDefined: { zebra: "z", ant: "a" },
      inputDescriptions: { input1: "in" },
      outputDescriptions: { output1: "out" },
    });
    const bytes = Buffer.from(
      bytesOfResult(writeCoreML(small, { userDefined: { zebra: "z", ant: "a" } })),
    );
    expect(bytes.indexOf("ant")).toBeLessThan(bytes.indexOf("zebra"));
    expect(model.description?.metadata).toEqual({
      author: "A",
      license: "L",
      shortDescription: "S",
      versionString: "1.2",
      userDefined: new Map([
        ["zebra", "z"],
        ["ant", "a"],
      ]),
    });
    expect(model.description?.input?.[0]?.shortDescription).toBe("in");
    expect(model.description?.output?.[0]?.shortDescription).toBe("out");
  });

  test("declares float32 arrays, or double as coremltools did", () => {
    const typeOf = (arrayType: "float32" | "double") =>
      writeCoreML(small, { arrayType }).model.description?.output?.[0]?.type?.multiArrayType;
    expect(typeOf("float32")).toEqual({ shape: [3, 4, 4], dataType: "FLOAT32" });
    expect(typeOf("double")).toEqual({ shape: [3, 4, 4], dataType: "DOUBLE" });
  });
});

describe("half precision", () => {
  test("halves the weights and takes version 2", () => {
    const half = writeCoreML(small, { modelPrecision: "float16" });
    expect(half.summary.specificationVersion).toBe(2);
    const { convolution } = decodeModel(bytesOfResult(half)).neuralNetwork?.layers?.[0] ?? {};
    const { weights, bias } = convolution ?? {};
    expect(weights?.floatValue ?? bias?.floatValue).toBeUndefined();
    expect(toBytes(weights?.float16Value).length).toBe(2 * 3 * 3 * 2 * 3);
    expect(toBytes(bias?.float16Value).length).toBe(2 * 3);
  });

  test("takes no newer version where nothing is stored in half", () => {
    const bare = buildGraph([[4]], (add, x) =>
      add({ kind: "activation", activation: { fn: "tanh" }, weights: {} }, x),
    );
    const { summary } = writeCoreML(bare, { modelPrecision: "float16" });
    expect(summary.specificationVersion).toBe(1);
  });

  test("stays within a thousandth of the numbers", () => {
    const shape = [1, 4, 4, 2];
    const data = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
    const run = (modelPrecision: "float32" | "float16") =>
      runWritten(writeCoreML(small, { modelPrecision }), [{ shape, data }], [[1, 4, 4, 3]])[0];
    const [full, half] = [run("float32"), run("float16")];
    const worst = Array.from(full?.data ?? [], (value, i) =>
      Math.abs(value - (half?.data[i] ?? 0)),
    );
    expect(Math.max(...worst)).toBeLessThan(2e-3);
    expect(Math.max(...worst)).toBeGreaterThan(0);
  });
});

describe("what a network is made of", () => {
  test("a model whose output is its input has one layer that passes it on", () => {
    const graph = buildGraph([[4]], (_add, x) => x);
    expect(layerKinds(writeCoreML(graph))).toEqual(["activation"]);
    const shape = [2, 4];
    const data = Float32Array.from({ length: 8 }, (_, i) => i);
    expect(runWritten(writeCoreML(graph), [{ shape, data }], [shape])[0]?.data).toEqual(data);
  });

  test("one value under two names is passed on", () => {
    const graph = buildGraph([[4]], (add, x) => {
      const y = add({ kind: "activation", activation: { fn: "tanh" }, weights: {} }, x);
      return [y, y];
    });
    expect(layerKinds(writeCoreML(graph))).toEqual(["activation", "activation"]);
  });

  test("noise and dropout leave no trace", () => {
    const graph = buildGraph([[4]], (add, x) => {
      const y = add({ kind: "noise", fn: "dropout", rate: 0.5, weights: {} }, x);
      const z = add({ kind: "activation", activation: { fn: "tanh" }, weights: {} }, y);
      return add({ kind: "noise", fn: "gaussianNoise", stddev: 1, weights: {} }, z);
    });
    expect(layerKinds(writeCoreML(graph))).toEqual(["activation"]);
  });

  test("a custom layer is refused, or becomes a placeholder", () => {
    const graph = buildGraph([[4, 3, 2]], (add, x) =>
      add(
        {
          kind: "custom",
          className: "TwicePlusOne",
          outputShape: [null, 4, 3, 2],
          parameters: { scale: 2, name: "x", flag: true },
          description: "x * 2 + 1",
          weights: { factor: weight("factor", [2]) },
        },
        x,
      ),
    );
    expect(() => writeCoreML(graph)).toThrow(
      `Layer "custom_1" (custom): the layer is not known.
  As a placeholder for a class of your app: customLayers.`,
    );
    const { model, summary } = writeCoreML(graph, { customLayers: true });
    expect(summary.specificationVersion).toBe(2);
    expect(model.neuralNetwork?.layers?.[0]?.custom).toMatchObject({
      className: "TwicePlusOne",
      description: "x * 2 + 1",
      parameters: new Map<string, unknown>([
        ["scale", { doubleValue: 2 }],
        ["name", { stringValue: "x" }],
        ["flag", { boolValue: true }],
      ]),
    });
  });
});

describe("every written fixture", () => {
  test("is sound: names are unique, blobs are made once and before their use, the version holds the layers", () => {
    for (const testCase of ["micro", "generations", "layers"].flatMap(listCases)) {
      expect([testCase.id, ...faultsOf(testCase.id)]).toEqual([testCase.id]);
    }
  });
});

/** What Apple's validator would find, and what it overlooks. */
function faultsOf(id: string): readonly string[] {
  const [form] = formsOf(openCase(id));
  let result: ReturnType<typeof writeCoreML>;
  try {
    if (form === undefined) return [];
    result = writeCoreML(form.read().graph);
  } catch {
    return [];
  }
  const { model } = result;
  const layers = model.neuralNetwork?.layers ?? [];
  const faults: string[] = [];
  const inputs = model.description?.input ?? [];
  const made = new Set(inputs.map(({ name = "" }) => name));
  const names = new Set<string>();
  for (const { name = "", input = [], output = [] } of layers) {
    if (names.has(name)) faults.push(`layer ${name} twice`);
    names.add(name);
    for (const blob of input) if (!made.has(blob)) faults.push(`${name} reads ${blob} too early`);
    for (const blob of output) {
      if (made.has(blob)) faults.push(`${blob} is made twice`);
      made.add(blob);
    }
  }
  for (const { name = "" } of model.description?.output ?? []) {
    if (!made.has(name) || inputs.some((one) => one.name === name))
      faults.push(`no output ${name}`);
  }
  const exact = model.neuralNetwork?.arrayInputShapeMapping === "EXACT_ARRAY_MAPPING";
  if (exact !== (model.specificationVersion ?? 0) >= 4) faults.push("mapping and version disagree");
  for (const { name, type } of inputs) {
    const rank = type?.multiArrayType?.shape?.length ?? 0;
    if (!exact && rank !== 1 && rank !== 3) faults.push(`input ${name} has ${rank} axes`);
  }
  return faults;
}

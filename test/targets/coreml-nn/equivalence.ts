import { expect, test } from "vitest";
import type { Graph, ValueId } from "../../../src/ir/graph.ts";
import type { Dim } from "../../../src/ir/tensor.ts";
import { type CoreMLResult, writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { evaluate } from "../../../src/verify/graph/evaluate.ts";
import { type Add, buildGraph, weight } from "./build-graph.ts";
import { type KerasArray, runWritten } from "./run-written.ts";

export interface Expected {
  readonly version?: number;
  /** Kinds of the layers in the file, in order. */
  readonly layers?: readonly string[];
  /** Sizes for free dimensions. */
  readonly free?: number;
  /** Range of the random inputs. */
  readonly range?: readonly [number, number];
  /** Whole numbers only. */
  readonly whole?: true;
}

/** A test that a graph of hand-made ops, written as Core ML and run, gives what the ops are defined to give. */
export function testGraph(
  name: string,
  shapes: readonly (readonly Dim[])[],
  body: (add: Add, ...inputs: readonly ValueId[]) => ValueId | readonly ValueId[],
  expected: Expected = {},
): void {
  test(name, () => {
    const graph = buildGraph(shapes, body);
    const result = writeCoreML(graph);
    expect(differences(graph, result, expected)).toEqual([]);
    if (expected.version !== undefined) {
      expect(result.summary.specificationVersion).toBe(expected.version);
    }
    if (expected.layers !== undefined) expect(layerKinds(result)).toEqual(expected.layers);
  });
}

/** Kinds of the written layers. */
export function layerKinds({ model }: CoreMLResult): readonly string[] {
  const layers = (model.neuralNetwork ?? model.neuralNetworkClassifier)?.layers ?? [];
  const plain = new Set(["name", "input", "output", "isUpdatable"]);
  return layers.flatMap((layer) => Object.keys(layer).filter((key) => !plain.has(key)));
}

function differences(graph: Graph, result: CoreMLResult, expected: Expected): readonly string[] {
  const [low, high] = expected.range ?? [-2, 2];
  const inputs = graph.inputs.map(({ name, value }): KerasArray => {
    const shape = (graph.types.get(value)?.shape ?? []).map((dim, axis) =>
      axis === 0 ? (dim ?? 2) : (dim ?? expected.free ?? 5),
    );
    const data = new Float32Array(shape.reduce((size, dim) => size * dim, 1));
    weight(`input ${name}`, shape, low, high).readInto(data, 0);
    return { shape, data: expected.whole === true ? data.map(Math.floor) : data };
  });
  const right = evaluate(
    graph,
    new Map(
      graph.inputs.map(({ name }, index) => [
        name,
        {
          shape: inputs[index]?.shape ?? [],
          data: Float64Array.from(inputs[index]?.data ?? []),
        },
      ]),
    ),
  );
  const written = runWritten(
    result,
    inputs,
    right.map(({ shape }) => shape),
  );
  return right.flatMap(({ name, data }, index) => {
    const got = written[index]?.data ?? [];
    const off = data.findIndex((value, i) => {
      const other = got[i] ?? Number.NaN;
      return !(Math.abs(other - value) <= 2e-5 + 2e-5 * Math.abs(value));
    });
    return off < 0 ? [] : [`${name}[${off}] is ${got[off]} instead of ${data[off]}`];
  });
}

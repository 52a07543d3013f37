import { afterEach, describe, expect, test } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import { readFloat32, type WeightRef } from "../../../src/ir/tensor.ts";
import { readCoreML } from "../../../src/sources/coreml/index.ts";
import { writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import {
  compareModels,
  planInputs,
  randomSamples,
  seededRandom,
} from "../../../src/verify/compare/index.ts";
import { listCases } from "../../cases.ts";
import { decoded, NOT_WRITTEN, readCase } from "./written-cases.ts";

// lets the runner hear of each test while hundreds run without a pause
afterEach(() => new Promise((resolve) => setTimeout(resolve)));

const SUITES = ["micro", "generations", "layers", "snacks"] as const;

describe("a graph that was read from Core ML", () => {
  for (const testCase of listCases("micro")) {
    if (NOT_WRITTEN.has(testCase.id)) continue;
    test(`${testCase.id} can be written again, and the network does the same`, () => {
      const { graph } = readCoreML(decoded(writeCoreML(readCase(testCase))));
      const again = decoded(writeCoreML(graph));
      const samples = randomSamples(planInputs(graph, again, undefined), 1, seededRandom(3));
      const comparison = compareModels(graph, again, samples, {});
      expect(comparison.ok).toBe(true);
    });
  }

  test.each([
    "generations/k224",
    "snacks/snacks_mobilenet025",
    "snacks/snacks_squeezenet",
    "micro/lstm_stack",
    "micro/bilstm_concat",
    "micro/gru_seq",
    "micro/embedding_lstm",
    "micro/conv1d_bn",
  ])("%s has every weight of Keras', bit for bit", (id) => {
    const testCase = SUITES.flatMap(listCases).find((one) => one.id === id);
    if (testCase === undefined) throw new Error(`${id} is missing`);
    const before = readCase(testCase);
    const after = readCoreML(decoded(writeCoreML(before))).graph;
    expect(fingerprints(after)).toEqual(expect.arrayContaining([...fingerprints(before)]));
  });

  test.each(["snacks/snacks_mobilenet025", "snacks/snacks_squeezenet", "generations/k224"])(
    "%s has the steps of Keras' model, one for one",
    (id) => {
      const testCase = SUITES.flatMap(listCases).find((one) => one.id === id);
      if (testCase === undefined) throw new Error(`${id} is missing`);
      const before = readCase(testCase);
      const after = readCoreML(decoded(writeCoreML(before))).graph;
      expect(stepsOf(after)).toEqual(stepsOf(before));
    },
  );
});

/** Kinds of steps in running order, but for dropout, which files for prediction do not have; activations with their function. */
function stepsOf(graph: Graph): readonly string[] {
  return graph.nodes.flatMap(({ op }) => {
    if (op.kind === "noise") return [];
    return op.kind === "activation" ? [`activation ${JSON.stringify(op.activation)}`] : [op.kind];
  });
}

/** Shape and numbers of every weight. */
function fingerprints(graph: Graph): readonly string[] {
  return graph.nodes.flatMap(({ op }) => {
    const refs: readonly (WeightRef | undefined)[] = Object.values(op.weights);
    return refs.flatMap((ref) =>
      ref === undefined ? [] : [`${ref.shape.join()} ${checksum(readFloat32(ref))}`],
    );
  });
}

function checksum(values: Float32Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return words.reduce((sum, word) => (Math.imul(sum, 31) + word) >>> 0, 7);
}

import { describe } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import { weight } from "./build-graph.ts";
import { testGraph } from "./equivalence.ts";

const dense = (inputs: number, units: number): Op => ({
  kind: "dense",
  weights: { kernel: weight("kernel", [inputs, units]), bias: weight("bias", [units]) },
});

describe("dense layers", () => {
  testGraph("of a vector", [[5]], (add, x) => add(dense(5, 3), x), { layers: ["innerProduct"] });
  testGraph("of a sequence", [[7, 5]], (add, x) => add(dense(5, 3), x), {
    layers: ["innerProduct"],
  });
  testGraph("of a sequence of any length", [[null, 5]], (add, x) => add(dense(5, 3), x));
  testGraph("of a picture", [[4, 3, 5]], (add, x) => add(dense(5, 2), x), {
    layers: ["convolution"],
  });
  testGraph("of a volume", [[2, 4, 3, 5]], (add, x) => add(dense(5, 2), x), { version: 1 });
});

describe("products", () => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      testGraph(
        `of matrices, transposed: ${transposeA}, ${transposeB}`,
        [transposeA ? [4, 3] : [3, 4], transposeB ? [5, 4] : [4, 5]],
        (add, a, b) => add({ kind: "matmul", transposeA, transposeB, weights: {} }, a, b),
        { version: 4 },
      );
    }
  }
  testGraph(
    "of matrices of heads",
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    (add, a, b) => add({ kind: "matmul", transposeA: false, transposeB: false, weights: {} }, a, b),
  );
  testGraph("dot of vectors", [[6], [6]], (add, a, b) =>
    add({ kind: "dot", axes: [1, 1], normalize: false, weights: {} }, a, b),
  );
  testGraph("dot of vectors, normalised", [[6], [6]], (add, a, b) =>
    add({ kind: "dot", axes: [1, 1], normalize: true, weights: {} }, a, b),
  );
  const dots = [
    [
      [3, 4],
      [3, 5],
      [1, 1],
    ],
    [
      [3, 4],
      [5, 4],
      [2, 2],
    ],
    [
      [3, 4],
      [4, 5],
      [2, 1],
    ],
    [[3, 4], [3], [1, 1]],
    [[4], [3, 4], [1, 2]],
    [
      [2, 3, 4],
      [4, 5],
      [3, 1],
    ],
    [
      [2, 3, 4],
      [3, 2, 5],
      [2, 1],
    ],
  ] as const;
  for (const [a, b, axes] of dots) {
    testGraph(
      `dot of ${a.join(" x ")} and ${b.join(" x ")} over ${axes.join()}`,
      [a, b],
      (add, p, q) => add({ kind: "dot", axes, normalize: false, weights: {} }, p, q),
    );
  }
});

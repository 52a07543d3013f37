import { describe } from "vitest";
import type { MergeOp } from "../../../src/ir/ops/merge.ts";
import { testGraph } from "./equivalence.ts";

const FUNCTIONS: readonly MergeOp["fn"][] = [
  "add",
  "subtract",
  "multiply",
  "divide",
  "average",
  "maximum",
  "minimum",
];

describe("element-wise merges", () => {
  for (const fn of FUNCTIONS) {
    const divides = fn === "divide" ? ({ range: [0.5, 2] } as const) : {};
    const merge = { kind: "merge", fn, weights: {} } as const;
    testGraph(
      `${fn} of pictures`,
      [
        [3, 4, 5],
        [3, 4, 5],
      ],
      (add, a, b) => add(merge, a, b),
      divides,
    );
    const pairs: readonly (readonly [readonly number[], readonly number[]])[] = [
      [
        [3, 4, 5],
        [1, 1, 5],
      ],
      [
        [1, 1, 5],
        [3, 4, 5],
      ],
      [
        [3, 4, 5],
        [3, 4, 1],
      ],
      [
        [3, 4, 5],
        [1, 1, 1],
      ],
      [
        [3, 1, 5],
        [1, 4, 5],
      ],
      [
        [3, 4, 5],
        [1, 4, 1],
      ],
    ];
    for (const [p, q] of pairs) {
      testGraph(
        `${fn} of ${p.join(" x ")} and ${q.join(" x ")}`,
        [p, q],
        (add, a, b) => add(merge, a, b),
        divides,
      );
    }
    testGraph(
      `${fn} of sequences, one a single step`,
      [
        [6, 3],
        [1, 3],
      ],
      (add, a, b) => add(merge, a, b),
      divides,
    );
    if (fn === "subtract" || fn === "divide") continue;
    testGraph(`${fn} of three`, [[4], [4], [4]], (add, a, b, c) =>
      add(merge, a ?? "", b ?? "", c ?? ""),
    );
  }
  testGraph(
    "squeeze and excite stays classic",
    [
      [3, 4, 5],
      [1, 1, 5],
    ],
    (add, a, b) => add({ kind: "merge", fn: "multiply", weights: {} }, b, a),
    { version: 1, layers: ["multiply"] },
  );
  testGraph("a value with itself", [[4]], (add, x) =>
    add({ kind: "merge", fn: "add", weights: {} }, x, x),
  );
});

describe("concatenation", () => {
  for (const axis of [1, 2, 3]) {
    const shape = (size: number) =>
      [3, 4, 5].map((dim, index) => (index === axis - 1 ? size : dim));
    testGraph(`along axis ${axis} of pictures`, [shape(2), shape(5), shape(1)], (add, a, b, c) =>
      add({ kind: "concat", axis, weights: {} }, a, b, c),
    );
  }
  testGraph(
    "of sequences in time",
    [
      [3, 4],
      [6, 4],
    ],
    (add, a, b) => add({ kind: "concat", axis: 1, weights: {} }, a, b),
  );
  testGraph(
    "of sequences in features",
    [
      [3, 4],
      [3, 2],
    ],
    (add, a, b) => add({ kind: "concat", axis: 2, weights: {} }, a, b),
  );
  testGraph(
    "of volumes",
    [
      [2, 3, 4, 2],
      [2, 3, 4, 3],
    ],
    (add, a, b) => add({ kind: "concat", axis: 4, weights: {} }, a, b),
  );
  testGraph("of one", [[4]], (add, a) => add({ kind: "concat", axis: 1, weights: {} }, a));
});

import { describe } from "vitest";
import type { Padding } from "../../../src/ir/ops/conv.ts";
import { testGraph } from "./equivalence.ts";

const last = { layout: "channels-last" } as const;
const first = { layout: "channels-first" } as const;

describe("pooling", () => {
  for (const fn of ["max", "average"] as const) {
    const paddings: readonly Padding[] = [
      "valid",
      "same",
      [
        [1, 1],
        [0, 2],
      ],
    ];
    for (const padding of paddings) {
      testGraph(`${fn} of a picture, padding ${JSON.stringify(padding)}`, [[7, 6, 3]], (add, x) =>
        add(
          { kind: "pool", fn, poolSize: [3, 3], strides: [2, 2], padding, ...last, weights: {} },
          x,
        ),
      );
    }
    for (const padding of ["valid", "same"] as const) {
      testGraph(`${fn} of a sequence, ${padding}`, [[7, 3]], (add, x) =>
        add({ kind: "pool", fn, poolSize: [3], strides: [2], padding, ...last, weights: {} }, x),
      );
      testGraph(`${fn} of a volume, ${padding}`, [[5, 6, 4, 2]], (add, x) =>
        add(
          {
            kind: "pool",
            fn,
            poolSize: [2, 3, 2],
            strides: [2, 2, 1],
            padding,
            ...last,
            weights: {},
          },
          x,
        ),
      );
    }
    testGraph(`${fn}, channels first`, [[3, 7, 6]], (add, x) =>
      add(
        {
          kind: "pool",
          fn,
          poolSize: [2, 2],
          strides: [2, 2],
          padding: "valid",
          ...first,
          weights: {},
        },
        x,
      ),
    );
  }
});

describe("global pooling", () => {
  for (const fn of ["max", "average"] as const) {
    for (const keepDims of [false, true]) {
      for (const shape of [
        [7, 3],
        [4, 5, 3],
        [2, 3, 4, 3],
      ]) {
        testGraph(`${fn} of ${shape.join(" x ")}, keeping axes: ${keepDims}`, [shape], (add, x) =>
          add({ kind: "globalPool", fn, keepDims, masked: false, ...last, weights: {} }, x),
        );
      }
    }
  }
  testGraph("of any size", [[null, null, 3]], (add, x) =>
    add(
      { kind: "globalPool", fn: "average", keepDims: false, masked: false, ...last, weights: {} },
      x,
    ),
  );
  testGraph("of a sequence of any length", [[null, 3]], (add, x) =>
    add({ kind: "globalPool", fn: "max", keepDims: false, masked: false, ...last, weights: {} }, x),
  );
});

describe("reductions", () => {
  const axesOf = [[1], [2], [3], [1, 2], [2, 3], [1, 3], [1, 2, 3]];
  for (const axes of axesOf) {
    for (const keepDims of [false, true]) {
      testGraph(`mean over ${axes.join()}, keeping axes: ${keepDims}`, [[3, 4, 5]], (add, x) =>
        add({ kind: "reduce", fn: "mean", axes, keepDims, weights: {} }, x),
      );
    }
  }
  for (const fn of ["sum", "max", "min", "prod", "l2norm"] as const) {
    testGraph(fn, [[3, 4, 5]], (add, x) =>
      add({ kind: "reduce", fn, axes: [2, 3], keepDims: false, weights: {} }, x),
    );
  }
  testGraph("over four axes", [[2, 3, 4, 2]], (add, x) =>
    add({ kind: "reduce", fn: "sum", axes: [1, 2, 3, 4], keepDims: true, weights: {} }, x),
  );
  testGraph("over four axes, dropping them", [[2, 3, 4, 2]], (add, x) =>
    add({ kind: "reduce", fn: "mean", axes: [1, 2, 3, 4], keepDims: false, weights: {} }, x),
  );
});

import { describe } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import { weight } from "./build-graph.ts";
import { testGraph } from "./equivalence.ts";

const last = { layout: "channels-last" } as const;
const permute = (...dims: readonly number[]): Op => ({ kind: "permute", dims, weights: {} });
const reshape = (...shape: readonly number[]): Op => ({ kind: "reshape", shape, weights: {} });
const pool: Op = {
  kind: "pool",
  fn: "max",
  poolSize: [1, 1],
  strides: [1, 1],
  padding: "valid",
  layout: "channels-first",
  weights: {},
};

describe("reshapes", () => {
  const pairs: readonly (readonly [readonly number[], readonly number[]])[] = [
    [[24], [2, 3, 4]],
    [[24], [6, 4]],
    [[24], [2, 2, 3, 2]],
    [[2, 3, 4], [24]],
    [
      [2, 3, 4],
      [6, 4],
    ],
    [
      [2, 3, 4],
      [4, 3, 2],
    ],
    [
      [2, 3, 4],
      [2, 2, 3, 2],
    ],
    [[6, 4], [24]],
    [
      [6, 4],
      [2, 3, 4],
    ],
    [
      [6, 4],
      [4, 6],
    ],
    [[2, 3, 2, 2], [24]],
    [
      [2, 3, 2, 2],
      [6, 4],
    ],
    [
      [2, 3, 2, 2],
      [3, 4, 2],
    ],
    [
      [2, 3, 2, 2],
      [2, 2, 3, 2],
    ],
    [[1, 1, 8], [8]],
    [[8], [1, 1, 8]],
    [[8], [8]],
  ];
  for (const [from, to] of pairs) {
    testGraph(
      `${from.join(" x ")} to ${to.join(" x ")}`,
      [from],
      (add, x) => add(reshape(...to), x),
      {
        version: 1,
      },
    );
  }
  testGraph("after a permute", [[2, 3, 4]], (add, x) =>
    add(reshape(8, 3), add(permute(0, 3, 1, 2), x)),
  );
  testGraph(
    "channels first, to a vector",
    [[3, 4, 5]],
    (add, x) => add(reshape(60), add(pool, x)),
    {
      layers: ["pooling", "flatten"],
    },
  );
  testGraph("channels first, to another picture", [[3, 4, 5]], (add, x) =>
    add(pool, add(reshape(5, 4, 3), add(pool, x))),
  );
});

describe("permutations", () => {
  for (const dims of [
    [0, 2, 1, 3],
    [0, 2, 3, 1],
    [0, 3, 1, 2],
    [0, 3, 2, 1],
  ]) {
    testGraph(dims.join(), [[2, 3, 4]], (add, x) => add(permute(...dims), x), {
      layers: ["permute"],
    });
  }
  testGraph("of a sequence", [[5, 3]], (add, x) => add(permute(0, 2, 1), x), { version: 1 });
  testGraph("that changes nothing", [[5, 3]], (add, x) => add(permute(0, 1, 2), x));
  testGraph("of a volume", [[2, 3, 4, 5]], (add, x) => add(permute(0, 4, 3, 1, 2), x));
  testGraph(
    "from channels last to channels first moves nothing",
    [[4, 5, 3]],
    (add, x) => add(permute(0, 2, 3, 1), add(pool, add(permute(0, 3, 1, 2), x))),
    { layers: ["pooling"] },
  );
});

describe("pieces", () => {
  testGraph("a repeated vector", [[4]], (add, x) => add({ kind: "repeat", n: 3, weights: {} }, x));
  const slice = (
    starts: readonly number[],
    ends: readonly (number | null)[],
    steps: readonly number[],
  ): Op => ({
    kind: "slice",
    starts,
    ends,
    steps,
    weights: {},
  });
  testGraph("of one axis", [[6, 5, 4]], (add, x) =>
    add(slice([0, 1, 0, 0], [null, 5, null, null], [1, 2, 1, 1]), x),
  );
  testGraph("of three axes", [[6, 5, 4]], (add, x) =>
    add(slice([0, 1, 2, 1], [null, 5, null, 3], [1, 2, 1, 1]), x),
  );
  testGraph(
    "of time steps",
    [[6, 4]],
    (add, x) => add(slice([0, 2, 0], [null, null, 3], [1, 2, 1]), x),
    { version: 1 },
  );
  testGraph("of features", [[6]], (add, x) => add(slice([0, 2], [null, 5], [1, 1]), x));
  testGraph("of all of it", [[6]], (add, x) => add(slice([0, 0], [null, 9], [1, 1]), x));
  testGraph("a constant", [[4, 5]], (add, x) =>
    add(
      { kind: "merge", fn: "add", weights: {} },
      x,
      add({ kind: "constant", weights: { value: weight("value", [1, 4, 5]) } }),
    ),
  );
  testGraph("a constant picture", [[3, 4, 5]], (add, x) =>
    add(
      { kind: "merge", fn: "multiply", weights: {} },
      x,
      add({ kind: "constant", weights: { value: weight("value", [1, 3, 4, 5]) } }),
    ),
  );
});

describe("padding and cropping", () => {
  const none = [0, 0] as const;
  for (const mode of ["constant", "reflect", "edge"] as const) {
    testGraph(`${mode} of a picture`, [[4, 5, 3]], (add, x) =>
      add({ kind: "pad", mode, value: 0.5, amounts: [none, [1, 2], [0, 3], none], weights: {} }, x),
    );
    testGraph(`${mode} of a sequence`, [[5, 3]], (add, x) =>
      add({ kind: "pad", mode, value: 0, amounts: [none, [2, 1], none], weights: {} }, x),
    );
    testGraph(
      `${mode} of a volume`,
      [[3, 4, 3, 2]],
      (add, x) =>
        add(
          {
            kind: "pad",
            mode,
            value: -1,
            amounts: [none, [1, 2], [2, 1], [0, 1], none],
            weights: {},
          },
          x,
        ),
      { version: 1 },
    );
    testGraph(`${mode} of features`, [[5]], (add, x) =>
      add({ kind: "pad", mode, value: 0, amounts: [none, [2, 1]], weights: {} }, x),
    );
  }
  testGraph("cropping a picture", [[6, 7, 3]], (add, x) =>
    add({ kind: "crop", amounts: [none, [1, 2], [0, 3], none], weights: {} }, x),
  );
  testGraph("cropping a volume", [[5, 4, 6, 2]], (add, x) =>
    add({ kind: "crop", amounts: [none, [1, 2], [1, 1], [0, 3], none], weights: {} }, x),
  );
  testGraph("nothing at all", [[6]], (add, x) =>
    add({ kind: "crop", amounts: [none, none], weights: {} }, x),
  );
});

describe("resizing", () => {
  for (const coordinates of ["half-pixel", "asymmetric"] as const) {
    for (const interpolation of ["nearest", "bilinear"] as const) {
      for (const factors of [
        [2, 2],
        [2, 3],
        [1, 4],
      ]) {
        testGraph(
          `${interpolation}, ${coordinates}, factors ${factors.join()}`,
          [[3, 4, 2]],
          (add, x) =>
            add({ kind: "resize", factors, interpolation, coordinates, ...last, weights: {} }, x),
        );
      }
      for (const size of [
        [5, 7],
        [2, 3],
        [6, 8],
      ]) {
        testGraph(`${interpolation}, ${coordinates}, to ${size.join()}`, [[3, 4, 2]], (add, x) =>
          add({ kind: "resize", size, interpolation, coordinates, ...last, weights: {} }, x),
        );
      }
    }
    testGraph(`an axis that keeps its size is smoothed, ${coordinates}`, [[6, 5, 2]], (add, x) =>
      add(
        {
          kind: "resize",
          factors: [1, 3],
          interpolation: "mitchellcubic",
          coordinates,
          ...last,
          weights: {},
        },
        x,
      ),
    );
    testGraph(`of a sequence, ${coordinates}`, [[4, 3]], (add, x) =>
      add(
        {
          kind: "resize",
          factors: [3],
          interpolation: "nearest",
          coordinates,
          ...last,
          weights: {},
        },
        x,
      ),
    );
    testGraph(`of a volume, ${coordinates}`, [[2, 3, 4, 2]], (add, x) =>
      add(
        {
          kind: "resize",
          factors: [2, 3, 2],
          interpolation: "nearest",
          coordinates,
          ...last,
          weights: {},
        },
        x,
      ),
    );
  }
  for (const interpolation of [
    "bicubic",
    "area",
    "lanczos3",
    "lanczos5",
    "gaussian",
    "mitchellcubic",
  ] as const) {
    testGraph(
      interpolation,
      [[6, 7, 2]],
      (add, x) =>
        add(
          {
            kind: "resize",
            size: [9, 5],
            interpolation,
            coordinates: "half-pixel",
            ...last,
            weights: {},
          },
          x,
        ),
      { version: 1 },
    );
  }
  testGraph(
    "channels first",
    [[2, 3, 4]],
    (add, x) =>
      add(
        {
          kind: "resize",
          factors: [2, 2],
          interpolation: "bilinear",
          coordinates: "asymmetric",
          layout: "channels-first",
          weights: {},
        },
        x,
      ),
    { layers: ["upsample"] },
  );
});

import { describe } from "vitest";
import { weight } from "./build-graph.ts";
import { testGraph } from "./equivalence.ts";

describe("batch normalisation", () => {
  const weights = (size: number) => ({
    gamma: weight("gamma", [size], 0.5, 1.5),
    beta: weight("beta", [size]),
    mean: weight("mean", [size]),
    variance: weight("variance", [size], 0.1, 2),
  });
  for (const axis of [1, 2, 3]) {
    const shape = [3, 4, 5];
    testGraph(`axis ${axis} of a picture`, [shape], (add, x) =>
      add(
        {
          kind: "batchNorm",
          axis,
          epsilon: 1e-3,
          momentum: 0.99,
          weights: weights(shape[axis - 1] ?? 0),
        },
        x,
      ),
    );
  }
  testGraph("without gamma and beta, of a vector", [[5]], (add, x) =>
    add(
      {
        kind: "batchNorm",
        axis: 1,
        epsilon: 0.01,
        momentum: 0.99,
        weights: { mean: weights(5).mean, variance: weights(5).variance },
      },
      x,
    ),
  );
  testGraph("with an epsilon of 0, which would mean 1e-5", [[5]], (add, x) =>
    add(
      {
        kind: "batchNorm",
        axis: 1,
        epsilon: 0,
        momentum: 0.99,
        weights: { ...weights(5), variance: weight("small", [5], 1e-4, 1e-3) },
      },
      x,
    ),
  );
  testGraph("of a volume", [[3, 4, 3, 2]], (add, x) =>
    add({ kind: "batchNorm", axis: 4, epsilon: 1e-3, momentum: 0.99, weights: weights(2) }, x),
  );
});

describe("layer normalisation", () => {
  const shape = [3, 4, 5];
  const dims = (axes: readonly number[]) => axes.map((axis) => shape[axis - 1] ?? 0);
  for (const axes of [[3], [1], [2, 3], [1, 3], [1, 2, 3]]) {
    for (const rms of [false, true]) {
      testGraph(
        `over axes ${axes.join()}, rms: ${rms}`,
        [shape],
        (add, x) =>
          add(
            {
              kind: "layerNorm",
              axes,
              epsilon: 1e-3,
              rms,
              weights: {
                gamma: weight("gamma", dims(axes)),
                ...(rms ? {} : { beta: weight("beta", dims(axes)) }),
              },
            },
            x,
          ),
        { version: 1 },
      );
    }
  }
  testGraph("without gamma and beta, of a sequence", [[4, 6]], (add, x) =>
    add({ kind: "layerNorm", axes: [2], epsilon: 1e-5, rms: false, weights: {} }, x),
  );
  testGraph("of a sequence of any length", [[null, 6]], (add, x) =>
    add({ kind: "layerNorm", axes: [2], epsilon: 1e-5, rms: false, weights: {} }, x),
  );
});

describe("group normalisation", () => {
  const weights = { gamma: weight("gamma", [6]), beta: weight("beta", [6]) };
  for (const groups of [1, 2, 3, 6]) {
    testGraph(`${groups} groups of a picture`, [[3, 4, 6]], (add, x) =>
      add({ kind: "groupNorm", groups, axis: 3, epsilon: 1e-3, weights }, x),
    );
    testGraph(`${groups} groups of a sequence`, [[5, 6]], (add, x) =>
      add({ kind: "groupNorm", groups, axis: 2, epsilon: 1e-3, weights }, x),
    );
    testGraph(`${groups} groups of rows`, [[6, 4, 2]], (add, x) =>
      add({ kind: "groupNorm", groups, axis: 1, epsilon: 1e-3, weights: {} }, x),
    );
    testGraph(`${groups} groups of a vector`, [[6]], (add, x) =>
      add({ kind: "groupNorm", groups, axis: 1, epsilon: 1e-3, weights }, x),
    );
  }
});

describe("unit normalisation", () => {
  for (const axes of [[3], [1, 2], [1, 2, 3]]) {
    testGraph(`over axes ${axes.join()}`, [[3, 4, 5]], (add, x) =>
      add({ kind: "unitNorm", axes, weights: {} }, x),
    );
  }
});

describe("constants that scale and shift", () => {
  const shapes: readonly (readonly number[])[] = [
    [],
    [1],
    [5],
    [4, 1],
    [3, 1, 1],
    [3, 4, 1],
    [1, 4, 5],
    [3, 4, 5],
  ];
  for (const shape of shapes) {
    const name = shape.length === 0 ? "a number" : shape.join(" x ");
    testGraph(`${name} for a picture`, [[3, 4, 5]], (add, x) =>
      add(
        {
          kind: "affine",
          weights: { scale: weight("scale", shape), offset: weight("offset", shape) },
        },
        x,
      ),
    );
  }
  testGraph("shapes that differ", [[3, 4, 5]], (add, x) =>
    add(
      {
        kind: "affine",
        weights: { scale: weight("scale", [5]), offset: weight("offset", [4, 1]) },
      },
      x,
    ),
  );
  testGraph("an offset alone", [[3, 4, 5]], (add, x) =>
    add({ kind: "affine", weights: { offset: weight("offset", [5]) } }, x),
  );
  testGraph("positions of a sequence", [[4, 5]], (add, x) =>
    add({ kind: "affine", weights: { offset: weight("offset", [4, 5]) } }, x),
  );
});

import { expect, it } from "vitest";
import { orthogonalPenalty, orthogonalSlope } from "../../src/train/orthogonal-penalty.ts";

const MATRIX = Float32Array.of(0.5, -0.25, 0.125, -1, 0.75, 0.25);
const SINGULAR = Float32Array.of(0.5, 0, 0.25, 0, 0, 0);

/** `OrthogonalRegularizer(0.3)` of tf.keras 2.15.1, with its gradient. */
const RUNS = [
  ["rows", MATRIX, 0.269615084, [0, -0.1027105, -0.205421, -0.0395041, -0.0217272, -0.0928345]],
  [
    "columns",
    MATRIX,
    0.229705632,
    [-0.0753137, 0.0678823, -0.4822742, -0.0376569, 0.0226274, 0.2411371],
  ],
  ["rows", SINGULAR, 0, [0, 0, 0, 0, 0, 0]],
  ["columns", SINGULAR, 0.1, [0, 0, 0, 0, 0, 0]],
] as const;

it.each(RUNS)("of %s of %o is Keras', slopes too", (of, values, penalty, slope) => {
  const own = { factor: 0.3, of, shape: [2, 3] } as const;
  expect(orthogonalPenalty(own, values)).toBeCloseTo(penalty, 6);
  const found = orthogonalSlope(own, values);
  expect(found).toHaveLength(slope.length);
  slope.forEach((one, index) => {
    expect(found[index]).toBeCloseTo(one, 6);
  });
});

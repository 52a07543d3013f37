import { expect, it } from "vitest";
import type { ConstraintRule } from "../../src/ir/graph.ts";
import { constrain } from "../../src/train/constraints.ts";

const NORM = { kind: "norm", least: 0, most: 2, rate: 1, axes: [0] } as const;

/** Numbers of tf.keras 2.15 for the rows (3, -1, 0.5) and (4, 2, 0). */
const RULES: readonly (readonly [string, ConstraintRule, readonly number[]])[] = [
  ["NonNeg", { kind: "non-negative" }, [3, -0, 0.5, 4, 2, 0]],
  ["UnitNorm", { ...NORM, least: 1, most: 1 }, [0.6, -0.4472136, 0.9999998, 0.8, 0.8944272, 0]],
  [
    "UnitNorm of rows",
    { ...NORM, least: 1, most: 1, axes: [1] },
    [0.9370425, -0.3123475, 0.1561738, 0.8944272, 0.4472136, 0],
  ],
  ["MaxNorm", NORM, [1.2, -0.8944272, 0.4999999, 1.6, 1.788854, 0]],
  [
    "MinMaxNorm at half the way",
    { ...NORM, least: 1, most: 3, rate: 0.5 },
    [2.4, -1, 0.7499998, 3.2, 2, 0],
  ],
];

it.each(RULES)("%s gives Keras' numbers", (_, rule, expected) => {
  const values = Float32Array.of(3, -1, 0.5, 4, 2, 0);
  constrain(rule, values, [2, 3]);
  expected.forEach((value, index) => {
    expect(values[index]).toBeCloseTo(value, 6);
  });
});

it("takes a norm over several axes as Keras does", () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  constrain({ ...NORM, most: 3, axes: [0, 1] }, values, [2, 2, 2]);
  const expected = [
    0.3273268, 0.5477225, 0.9819805, 1.095445, 1.636634, 1.643167, 2.291288, 2.19089,
  ];
  expected.forEach((value, index) => {
    expect(values[index]).toBeCloseTo(value, 6);
  });
});

import { expect, it } from "vitest";
import type { WeightRef } from "../../src/ir/tensor.ts";
import { placedWeight } from "../../src/train/placed-weights.ts";
import { concatWeights } from "../../src/weights/concat.ts";
import { constantWeight } from "../../src/weights/constant.ts";
import { flipWeight } from "../../src/weights/flip.ts";
import { reshapeWeight } from "../../src/weights/reshape.ts";
import { sliceWeight } from "../../src/weights/slice.ts";
import { transposeWeight } from "../../src/weights/transpose.ts";

const kernel = constantWeight("/dense/vars/1", [2, 3], [1, 2, 3, 4, 5, 6]);
const stranger = constantWeight("/dense/vars/10", [2, 3], [1, 2, 3, 4, 5, 6]);

function placed(...trained: readonly WeightRef[]) {
  const { ref, order } = placedWeight({ layer: "dense", weight: kernel }, trained);
  return [ref.id, order];
}

it("finds a weight that is trained as it is stored", () => {
  expect(placed(stranger, kernel)).toEqual([kernel.id, "stored"]);
});

it("finds a weight that is trained in another shape", () => {
  const flat = reshapeWeight(kernel, [6]);
  expect(placed(stranger, flat)).toEqual([flat.id, "stored"]);
});

it("finds a weight that is trained in another order", () => {
  const turned = flipWeight(transposeWeight(kernel, [1, 0]), [0]);
  expect(placed(turned)).toEqual([turned.id, "other"]);
});

it("leaves a weight that is not trained", () => {
  expect(placed(stranger)).toEqual([kernel.id, "stored"]);
});

it("refuses a weight that is trained in parts or together with others", () => {
  const text = "Its regularizer or constraint is for a weight that is trained in parts.";
  expect(() => placed(sliceWeight(kernel, 0, 0, 1))).toThrow(text);
  expect(() => placed(concatWeights([kernel, stranger], 0))).toThrow(text);
});

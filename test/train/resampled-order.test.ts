import { describe, expect, it } from "vitest";
import { countClasses } from "../../src/train/class-weights.ts";
import { type Resampling, resampledOrder } from "../../src/train/resampled-order.ts";

// Five of class 0, two of class 1, none of class 2, three of class 3.
const LABELS = [0, 1, 0, 3, 0, 0, 1, 3, 0, 3];

function orderOf(resampling: Resampling, seed = 1) {
  return resampledOrder(LABELS, 4, { resampling, seed });
}

function counts(order: readonly number[]) {
  return countClasses(
    order.map((sample) => LABELS[sample] ?? -1),
    4,
  );
}

describe("resampledOrder", () => {
  it("repeats samples until all classes are as frequent as the largest", () => {
    const order = orderOf("over");
    expect(order.samples).toBe(15);
    expect(counts(order.of(0))).toEqual([5, 5, 0, 5]);
    // No sample is left out, and none comes once more often than it must.
    const times = countClasses(order.of(0), LABELS.length);
    expect(
      times.every((count, sample) => count === 1 || (LABELS[sample] !== 0 && count <= 3)),
    ).toBe(true);
  });

  it("leaves samples out until all classes are as frequent as the smallest", () => {
    const order = orderOf("under");
    expect(order.samples).toBe(6);
    expect(counts(order.of(0))).toEqual([2, 2, 0, 2]);
    expect(new Set(order.of(0)).size).toBe(6);
  });

  it("draws anew each epoch, so that every sample has its turn", () => {
    const order = orderOf("under");
    const seen = new Set(Array.from({ length: 20 }, (_, epoch) => order.of(epoch)).flat());
    expect(seen.size).toBe(LABELS.length);
  });

  it("depends on seed and epoch alone", () => {
    for (const resampling of ["over", "under"] as const) {
      expect(orderOf(resampling).of(3)).toEqual(orderOf(resampling).of(3));
      expect(orderOf(resampling).of(3)).not.toEqual(orderOf(resampling, 2).of(3));
    }
  });
});

import { describe, expect, it } from "vitest";
import { average, averagingWay } from "../../src/train/moving-average.ts";

describe("the moving variance", () => {
  // One batch of shape (2, 3, 2, 2, 2), i % 7 at each place i, momentum 0.5; what tf.keras 2.15.1 has after it.
  it.each([
    [1, 3, [2.647916793823242, 2.53125, 2.53125]],
    [2, 2, [2.3463540077209473, 2.5104167461395264]],
    [4, 2, [2.55706524848938, 2.5]],
  ] as const)(
    "of volumes with channels at axis %i is that of tf.keras",
    (axis, channels, expected) => {
      const shape = [2, 3, 2, 2, 2];
      const inner = shape.slice(axis + 1).reduce((size, one) => size * one, 1);
      const values = Array.from({ length: 48 }, (_, i) => i % 7);
      const own = expected.map((_, channel) =>
        values.filter((_, i) => Math.floor(i / inner) % channels === channel),
      );
      const means = own.map((list) => list.reduce((sum, one) => sum + one, 0) / list.length);
      const variances = own.map(
        (list, c) => list.reduce((sum, one) => sum + (one - (means[c] ?? 0)) ** 2, 0) / list.length,
      );
      const zeros = (): Float32Array => new Float32Array(channels);
      const moving = { mean: zeros(), variance: zeros().fill(1) };
      const hidden = { steps: 0, mean: zeros(), variance: zeros() };
      average(
        { ...moving, momentum: 0.5, hidden },
        {
          mean: Float32Array.from(means),
          variance: Float32Array.from(variances),
          count: 48 / channels,
          rank: 5,
          axis,
          epsilon: 1e-3,
        },
        averagingWay("2.15.0"),
      );
      expected.forEach((one, channel) => {
        expect(moving.variance[channel]).toBeCloseTo(one, 5);
      });
    },
  );
});

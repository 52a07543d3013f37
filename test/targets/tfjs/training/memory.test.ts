import { describe, expect, it } from "vitest";
import { limitBatch, memoryOfStep } from "../../../../src/targets/tfjs/training/memory.ts";
import { planTraining } from "../../../../src/targets/tfjs/training/training-plan.ts";
import { buildGraph, weight } from "../../coreml-nn/build-graph.ts";

describe("what a training step needs", () => {
  const weights = { kernel: weight("kernel", [10, 20]), bias: weight("bias", [20]) };
  const plan = planTraining(buildGraph([[10]], (add, x) => add({ kind: "dense", weights }, x)));

  it("holds weights, gradients and slots once, and samples as often as there are", () => {
    const [one, two] = [1, 2].map((samples) => memoryOfStep(plan, { samples, slots: 0 }).peak);
    const [none, both] = [0, 2].map((slots) => memoryOfStep(plan, { samples: 1, slots }).peak);
    expect((both ?? 0) - (none ?? 0)).toBe(2 * 220 * 4);
    // Input, output and its gradient.
    expect((two ?? 0) - (one ?? 0)).toBe((10 + 20 + 20) * 4);
    expect(one).toBe(220 * 4 + (10 + 20 + 20) * 4);
  });

  it("keeps the input for the gradient of the weights, and the output", () => {
    expect(memoryOfStep(plan, { samples: 3, slots: 0 }).kept).toBe(3 * 30 * 4);
  });
});

describe("the batch size", () => {
  const memoryOf = (samples: number): number => 100 + 10 * samples;

  it("stays where a step fits", () => {
    expect(limitBatch(32, 420, memoryOf)).toEqual({ batchSize: 32, needed: 420, asked: 420 });
  });

  it.each([
    [419, 31],
    [200, 10],
    [115, 1],
    [50, 1],
  ])("is the largest whose step fits into %d bytes: %d", (available, expected) => {
    const { batchSize, needed, asked } = limitBatch(32, available, memoryOf);
    expect(batchSize).toBe(expected);
    expect(needed).toBe(memoryOf(expected));
    expect(asked).toBe(420);
  });
});

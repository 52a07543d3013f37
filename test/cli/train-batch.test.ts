import { describe, expect, it } from "vitest";
import { chooseBatch } from "../../src/cli/train-batch.ts";
import { trainingMemory } from "../../src/train/step-plans.ts";
import { startOf } from "../train/runs.ts";

const graph = startOf("training", "adam");
const { training } = graph;
if (training === undefined) throw new Error("The model was not compiled.");
const memoryOf = trainingMemory(graph, training);

describe("the batch size of a training", () => {
  it("is the one that was asked for where a step fits", () => {
    const available = memoryOf(32);
    expect(chooseBatch({ graph, training, asked: 32, backend: "cpu", available })).toEqual({
      batchSize: 32,
      warning: undefined,
    });
  });

  it("is the largest that fits, and says how steps stay as large", () => {
    const asked = 3_000_000;
    const found = chooseBatch({ graph, training, asked, backend: "cpu", available: memoryOf(1e6) });
    expect(found.batchSize).toBe(1e6);
    const [needed, had] = [memoryOf(asked), memoryOf(1e6)].map((one) => (one / 1e9).toFixed(1));
    expect(found.warning).toBe(
      `A training step with 3000000 samples would need about ${needed} GB, but ${had} GB can be had: the batch size is 1000000. ` +
        "With --batch-size 1000000 --gradient-accumulation 3 the steps are as large as they were asked to be.",
    );
  });

  it("does not go beyond what WebAssembly can address", () => {
    const given = { graph, training, asked: 1e6, available: 1e15 };
    const { batchSize } = chooseBatch({ ...given, backend: "wasm" });
    expect(memoryOf(batchSize)).toBeLessThanOrEqual(2 ** 31);
    expect(memoryOf(batchSize + 1)).toBeGreaterThan(2 ** 31);
    expect(chooseBatch({ ...given, backend: "cpu" }).batchSize).toBe(1e6);
    expect(chooseBatch({ ...given, available: 0, backend: "webgpu" }).batchSize).toBe(1e6);
  });
});

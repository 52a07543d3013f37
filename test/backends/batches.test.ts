import { describe, expect, it } from "vitest";
import { joinBatches, splitBatch } from "../../src/backends/batches.ts";

const BATCH = { shape: [5, 2], data: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) };

describe("a batch", () => {
  it("is cut into parts of which the last may be smaller", () => {
    const parts = [...splitBatch([BATCH], 2)].map(([part]) => [
      part?.shape,
      [...(part?.data ?? [])],
    ]);
    expect(parts).toEqual([
      [
        [2, 2],
        [0, 1, 2, 3],
      ],
      [
        [2, 2],
        [4, 5, 6, 7],
      ],
      [
        [1, 2],
        [8, 9],
      ],
    ]);
  });

  it("stays whole when it is small enough", () => {
    expect([...splitBatch([BATCH], 5)]).toEqual([[BATCH]]);
  });

  it("is the same again when its parts are joined", () => {
    expect(joinBatches([...splitBatch([BATCH], 2)])).toEqual([BATCH]);
  });
});

import { describe, expect, it } from "vitest";
import { copySamples, joinBatches, shareBatch, splitBatch } from "../../src/backends/batches.ts";

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

describe("a batch that threads share", () => {
  it.each([
    [8, [2, 2, 2, 2]],
    [7, [2, 2, 1, 1, 1]],
    [5, [2, 2, 1]],
    [3, [1, 1, 1]],
  ])("of %i samples gives two threads parts of %j", (samples, parts) => {
    expect(shareBatch(samples, 2)).toEqual(parts);
  });

  it("is read part by part from shared memory", () => {
    const data = new Float32Array(new SharedArrayBuffer(40));
    data.set(BATCH.data);
    const part = copySamples({ shape: [5, 2], data }, 3, 2);
    expect(part).toEqual({ shape: [2, 2], data: Float32Array.from([6, 7, 8, 9]) });
    expect(part.data.buffer).not.toBeInstanceOf(SharedArrayBuffer);
  });
});

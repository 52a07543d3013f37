import { describe, expect, it } from "vitest";
import { lendCopy, ModelBytes } from "../../src/backends/model-bytes.ts";

const MODEL = Uint8Array.from([1, 2, 3, 4, 5]);

function modelBytes(): ModelBytes {
  return new ModelBytes({
    byteLength: 5,
    *chunks() {
      yield MODEL.subarray(0, 2);
      yield MODEL.subarray(2);
    },
  });
}

describe("the bytes of a model", () => {
  it("are lent in memory of their own, before and after they are shared", async () => {
    const model = modelBytes();
    const read = (bytes: Uint8Array) =>
      Promise.resolve([[...bytes], bytes.buffer instanceof ArrayBuffer]);
    expect(await model.lend(read)).toEqual([[...MODEL], true]);
    expect([...model.shared()]).toEqual([...MODEL]);
    expect(await model.lend(read)).toEqual([[...MODEL], true]);
  });

  it("are copied into shared memory once", () => {
    const model = modelBytes();
    const shared = model.shared();
    expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(model.shared()).toBe(shared);
  });

  it("are given back after a loan, also when it fails", async () => {
    let seen: Uint8Array = MODEL;
    const failed = lendCopy(MODEL, (bytes) => {
      seen = bytes;
      return Promise.reject(new Error("no"));
    });
    await expect(failed).rejects.toThrow("no");
    expect(seen.length).toBe(0);
  });
});

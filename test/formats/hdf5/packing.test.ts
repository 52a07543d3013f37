import { inflateSync } from "node:zlib";
import { deflateSync, zlibSync } from "fflate";
import { describe, expect, it } from "vitest";
import { createChunkCache } from "../../../src/formats/hdf5/chunk-cache.ts";
import { inflateZlib } from "../../../src/formats/hdf5/inflate.ts";
import { unpackLzf } from "../../../src/formats/hdf5/lzf.ts";
import { createRandom } from "./random.ts";

const random = createRandom(1);
const DATA = Uint8Array.from({ length: 1000 }, () => Math.floor(random() * 9));

/** What zlib itself makes of a stream. Its Adler-32 misses some changes. */
function zlibOf(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const out = new Uint8Array(inflateSync(bytes));
    return out.length === 1000 ? out : undefined;
  } catch {
    return undefined;
  }
}

describe("inflateZlib", () => {
  const packed = zlibSync(DATA);

  it("gives the data", () => {
    expect(inflateZlib(packed, 1000)).toEqual(DATA);
    expect(inflateZlib(zlibSync(new Uint8Array(0)), 0)).toEqual(new Uint8Array(0));
  });

  it("notices data without zlib's head, cut data, and any other length", () => {
    expect(inflateZlib(deflateSync(DATA), 1000)).toBeUndefined();
    expect(inflateZlib(new Uint8Array(0), 0)).toBeUndefined();
    for (let cut = 0; cut < packed.length; cut += 1) {
      expect(inflateZlib(packed.subarray(0, cut), 1000)).toBeUndefined();
    }
    expect(inflateZlib(packed, 999)).toBeUndefined();
    expect(inflateZlib(packed, 1001)).toBeUndefined();
  });

  it("judges every wrong bit as zlib does", () => {
    for (let bit = 0; bit < packed.length * 8; bit += 1) {
      const wrong = packed.slice();
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(inflateZlib(wrong, 1000)).toEqual(zlibOf(wrong));
    }
  });
});

describe("unpackLzf", () => {
  it("reads literals, short and long runs", () => {
    expect(unpackLzf(Uint8Array.of(2, 65, 66, 67), 3)).toEqual(Uint8Array.of(65, 66, 67));
    expect(unpackLzf(Uint8Array.of(0, 65, 0x20, 0), 4)).toEqual(Uint8Array.of(65, 65, 65, 65));
    expect(unpackLzf(Uint8Array.of(0, 7, 0xe0, 91, 0), 101)).toEqual(new Uint8Array(101).fill(7));
  });

  it("notices what cannot be", () => {
    expect(unpackLzf(Uint8Array.of(2, 65, 66), 3)).toBeUndefined();
    expect(unpackLzf(Uint8Array.of(0, 65, 0x20, 1), 4)).toBeUndefined();
    expect(unpackLzf(Uint8Array.of(0, 65, 0x20, 0), 3)).toBeUndefined();
    expect(unpackLzf(Uint8Array.of(0, 65), 2)).toBeUndefined();
    expect(unpackLzf(Uint8Array.of(0, 65, 0xe0), 200)).toBeUndefined();
  });
});

describe("createChunkCache", () => {
  it("loads a chunk once while there is room and forgets the oldest", () => {
    const loads: number[] = [];
    const get = createChunkCache(100).open();
    const read = (address: number) =>
      get(address, () => {
        loads.push(address);
        return new Uint8Array(40);
      });
    for (const address of [1, 2, 1, 2, 3, 2, 1]) read(address);
    expect(loads).toEqual([1, 2, 3, 1]);
  });

  it("keeps datasets apart and takes chunks larger than itself", () => {
    const cache = createChunkCache(10);
    const [one, two] = [cache.open(), cache.open()];
    expect(one(1, () => new Uint8Array(5).fill(1))[0]).toBe(1);
    expect(two(1, () => new Uint8Array(50).fill(2))[0]).toBe(2);
    expect(one(1, () => new Uint8Array(5).fill(3))[0]).toBe(3);
  });
});

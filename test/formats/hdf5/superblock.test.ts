import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource, sliceSource } from "../../../src/formats/bytes.ts";
import { findSignature, openHdf5 } from "../../../src/formats/hdf5/index.ts";
import { FIXTURES } from "../../cases.ts";
import { datasetAt, numbers, openFixture } from "./open.ts";

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, `hdf5/${name}.h5`)));
}

describe("openHdf5", () => {
  it.each([
    ["types_old", 0, 0],
    ["superblock1", 1, 0],
    ["superblock2", 2, 0],
    ["types_latest", 3, 0],
    ["sizes4", 0, 0],
    ["userblock_old", 0, 512],
    ["userblock_latest", 3, 2048],
  ])("tells version and user block of %s", (name, version, userBlock) => {
    const file = openFixture(`hdf5/${name}.h5`);
    expect(file.superblockVersion).toBe(version);
    expect(file.userBlock).toBe(userBlock);
  });

  it("finds the file behind bytes that somebody put before it", () => {
    const bytes = bytesOf("superblock2");
    for (const before of [512, 1024, 4096]) {
      const longer = new Uint8Array(before + bytes.length).fill(0x20);
      longer.set(bytes, before);
      const source = bytesSource(longer);
      expect(findSignature(source)).toBe(before);
      expect(numbers(datasetAt(openHdf5(source), "data"))).toEqual([-3, -2.5, -2, -1.5]);
      const slice = sliceSource(source, before, bytes.length);
      expect(numbers(datasetAt(openHdf5(slice), "data"))).toEqual([-3, -2.5, -2, -1.5]);
    }
  });

  it("refuses other formats", () => {
    expect(() => openHdf5(bytesSource(new Uint8Array(5000), "zeros.h5"))).toThrow(
      "zeros.h5: This is not an HDF5 file: it has no HDF5 signature.",
    );
  });

  it.each([
    [8, 9, "The superblock at byte 0 has version 9, expected 0, 1, 2 or 3."],
    [13, 3, "The superblock at byte 0 has addresses of 3 and lengths of 8 bytes."],
  ])("refuses what no file has: byte %d is %d", (at, value, text) => {
    const bytes = bytesOf("types_old");
    bytes[at] = value;
    expect(() => openHdf5(bytesSource(bytes, "model.h5"))).toThrow(`model.h5: ${text}`);
  });
});

describe("objects", () => {
  const { root } = openFixture("hdf5/links_old.h5");

  it("are found by paths from here and from the root", () => {
    expect(root.get("/")?.path).toBe("/");
    expect(root.get("a/data")?.path).toBe("/a/data");
    expect(root.get("/a/./data")?.path).toBe("/a/data");
    const group = root.get("a");
    expect(group?.kind === "group" && group.get("/hard")?.path).toBe("/hard");
    expect(root.get("chain")?.path).toBe("/a/data");
  });

  it("tell text, exact integers and fill values", () => {
    const strings = openFixture("hdf5/strings_old.h5");
    expect(datasetAt(strings, "vlen_utf8").readStrings()).toEqual([
      "conv",
      "",
      "größe",
      "ünï/код",
      "日本",
    ]);
    const types = openFixture("hdf5/types_old.h5");
    expect(datasetAt(types, "extremes_i8").readBigInts()).toEqual([-(2n ** 63n), 2n ** 63n - 1n]);
    expect(datasetAt(types, "extremes_u8").readValues()).toEqual([0, 2n ** 64n - 1n]);
    const storage = openFixture("hdf5/storage_old.h5");
    expect(datasetAt(storage, "unwritten_fill").fillValue).toBe(2.5);
    expect(datasetAt(storage, "compact").fillValue).toBeUndefined();
  });

  it("tell how they are stored", () => {
    const storage = openFixture("hdf5/storage_old.h5");
    expect(datasetAt(storage, "compact").storage).toEqual({ kind: "compact", byteLength: 20 });
    expect(datasetAt(storage, "unwritten").storage).toEqual({
      kind: "unallocated",
      byteLength: 16,
    });
    expect(datasetAt(openFixture("hdf5/filters_old.h5"), "gzip_shuffle_fletcher").storage).toEqual({
      kind: "chunked",
      byteLength: 884,
      chunkShape: [4, 5],
      filters: ["shuffle", "deflate", "fletcher32"],
    });
    expect(datasetAt(openFixture("hdf5/userblock_old.h5"), "data").storage).toMatchObject({
      kind: "contiguous",
      byteLength: 16,
    });
  });
});

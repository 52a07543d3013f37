import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lookup3 } from "../../../src/formats/hdf5/lookup3.ts";
import { FIXTURES } from "../../cases.ts";
import { createRandom } from "./random.ts";
import { type Outcome, readThrough } from "./walk.ts";

const OLD = ["types_old", "links_old", "filters_old", "storage_old", "continued_old"];
const LATEST = [
  "types_latest",
  "links_latest",
  "filters_latest",
  "indexes_latest",
  "storage_latest",
];

function readFixture(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, path)));
}

function textOf(outcome: Outcome): string {
  return outcome.kind === "refused" ? outcome.error.message : "read";
}

describe("a file that was cut", () => {
  it("is told by its first line, with both sizes", () => {
    const bytes = readFixture("generations/k224/model.hdf5");
    const outcome = readThrough(bytes.subarray(0, 20_000));
    expect(outcome).toMatchObject({ kind: "refused", error: { code: "corrupt-file" } });
    expect(textOf(outcome)).toBe(
      `model.h5: The HDF5 file is truncated at byte 20000 of ${bytes.length}.\n  The download or copy was interrupted; fetch the file again.`,
    );
  });

  it.each([0, 3, 7])("after %d bytes is no HDF5 file at all", (length) => {
    const outcome = readThrough(readFixture("hdf5/types_old.h5").subarray(0, length));
    expect(outcome).toMatchObject({ kind: "refused", error: { code: "bad-format" } });
    expect(textOf(outcome)).toBe("model.h5: This is not an HDF5 file: it has no HDF5 signature.");
  });

  it.each([
    ["types_old", 96],
    ["types_latest", 48],
  ])("within the superblock of %s", (name, length) => {
    const bytes = readFixture(`hdf5/${name}.h5`);
    for (let cut = 8; cut < length; cut += 1) {
      const outcome = readThrough(bytes.subarray(0, cut));
      expect(outcome).toMatchObject({ kind: "refused", error: { code: "corrupt-file" } });
    }
  });

  it.each([
    ...OLD,
    ...LATEST,
    "dense",
    "indexes_wide",
    "userblock_old",
    "userblock_latest",
    "paged",
  ])("anywhere: %s", (name) => {
    const bytes = readFixture(`hdf5/${name}.h5`);
    for (let part = 1; part < 40; part += 1) {
      const outcome = readThrough(bytes.subarray(0, Math.floor((bytes.length * part) / 40)));
      expect(outcome.kind).toBe("refused");
    }
  });

  it.each([...OLD, ...LATEST, "dense", "indexes_latest"])(
    "is noticed too when the superblock agrees with the cut: %s",
    (name) => {
      const bytes = readFixture(`hdf5/${name}.h5`);
      const whole = readThrough(bytes);
      for (let part = 1; part < 40; part += 1) {
        const cut = bytes.slice(0, Math.floor((bytes.length * part) / 40));
        if (cut.length < 96) continue;
        claimEnd(cut);
        const outcome = readThrough(cut);
        if (outcome.kind === "read") expect(outcome).toEqual(whole);
        else expect(outcome.error.code).toMatch(/^(corrupt-file|limit)$/);
      }
    },
  );

  it("may carry anything after its end", () => {
    const bytes = readFixture("hdf5/types_old.h5");
    const longer = new Uint8Array(bytes.length + 1000).fill(0xa5);
    longer.set(bytes);
    expect(readThrough(longer)).toEqual(readThrough(bytes));
  });
});

describe("a file with wrong bits", () => {
  it.each([...OLD, "userblock_old", "committed_old", "strings_old", "sizes4"])(
    "reads or is refused, but nothing else: %s",
    (name) => {
      const bytes = readFixture(`hdf5/${name}.h5`);
      const random = createRandom(bytes.length);
      for (let mutant = 0; mutant < 60; mutant += 1) {
        const outcome = readThrough(mutate(bytes, random));
        expect(["read", "refused"]).toContain(outcome.kind);
      }
    },
  );

  it.each([...LATEST, "dense", "indexes_wide", "committed_latest", "edges", "implicit"])(
    "reads or is refused, but nothing else: %s",
    (name) => {
      const bytes = readFixture(`hdf5/${name}.h5`);
      const random = createRandom(bytes.length);
      for (let mutant = 0; mutant < 40; mutant += 1) {
        const outcome = readThrough(mutate(bytes, random));
        expect(["read", "refused"]).toContain(outcome.kind);
      }
    },
  );

  it("is refused for any bit of a checksummed header", () => {
    const bytes = readFixture("hdf5/links_latest.h5");
    // Superblock of 48 bytes, then the root's object header.
    for (let at = 12; at < 120; at += 1) {
      const wrong = bytes.slice();
      wrong[at] = (wrong[at] ?? 0) ^ (1 << (at % 8));
      expect(readThrough(wrong).kind).toBe("refused");
    }
  });

  it("names the structure, its place and both checksums", () => {
    const bytes = readFixture("hdf5/links_latest.h5");
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    expect(textOf(readThrough(bytes))).toMatch(
      /^model\.h5, \/: An object header at byte 48 fails its checksum: 0x[0-9a-f]{8} stored, 0x[0-9a-f]{8} computed\.\n {2}The file is damaged; fetch it again\.$/,
    );
  });

  it("is refused for wrong data under a checksum", () => {
    const bytes = readFixture("hdf5/filters_old.h5");
    const whole = readThrough(bytes);
    if (whole.kind !== "read") throw new Error("the file itself is refused");
    const texts = new Set<string>();
    for (let at = 4000; at < bytes.length; at += 97) {
      const wrong = bytes.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 0x10;
      texts.add(
        textOf(readThrough(wrong))
          .replaceAll(/\b\d+\b/g, "n")
          .split("\n")[0] ?? "",
      );
    }
    expect([...texts]).toEqual(
      expect.arrayContaining([
        "model.h5, /gzip: A chunk of data at byte n cannot be unpacked: its deflate data is damaged.",
        "model.h5, /fletcher: A chunk of data at byte n cannot be unpacked: its fletcher32 data is damaged.",
        "model.h5, /lzf: A chunk of data at byte n cannot be unpacked: its lzf data is damaged.",
        "model.h5, /shuffle: A chunk of data should lie at byte n, n bytes long, but the file ends at byte n.",
        "model.h5, /none: A B-tree node at byte n names a chunk at n, not a multiple of n.",
      ]),
    );
  });
});

/** One to three changes: a flipped bit, a byte of ones, a run copied from elsewhere. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const mutant = bytes.slice();
  const pick = (below: number) => Math.floor(random() * below);
  for (let change = 1 + pick(3); change > 0; change -= 1) {
    const at = pick(random() < 0.3 ? Math.min(2048, mutant.length) : mutant.length);
    const way = pick(4);
    if (way < 2) mutant[at] = (mutant[at] ?? 0) ^ (1 << pick(8));
    else if (way === 2) mutant.fill(0xff, at, at + 1 + pick(8));
    else mutant.copyWithin(at, pick(mutant.length), pick(mutant.length) + 8);
  }
  return mutant;
}

/** Makes the superblock promise just the bytes that are there. */
function claimEnd(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  if (bytes[8] === 0) view.setBigUint64(40, BigInt(bytes.length), true);
  else {
    view.setBigUint64(28, BigInt(bytes.length), true);
    view.setUint32(44, lookup3(bytes.subarray(0, 44)), true);
  }
}

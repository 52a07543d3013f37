import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { OutputBytes } from "../../src/formats/bytes.ts";
import { writeOutput } from "../../src/io/node.ts";
import { temporaryFolder } from "../temporary.ts";

function output(...chunks: readonly Uint8Array[]): OutputBytes {
  const byteLength = chunks.reduce((size, chunk) => size + chunk.length, 0);
  return { byteLength, chunks: () => chunks };
}

const HELLO = output(new TextEncoder().encode("hello "), new TextEncoder().encode("world"));

describe("writing", () => {
  it("puts the chunks together under the final name and leaves nothing else", async () => {
    const folder = temporaryFolder();
    await writeOutput(join(folder, "a.mlmodel"), HELLO);
    expect(readdirSync(folder)).toEqual(["a.mlmodel"]);
    expect(readFileSync(join(folder, "a.mlmodel"), "utf8")).toBe("hello world");
  });

  it("takes chunks of all sizes, each valid only until the next", async () => {
    const sizes = [1, 1 << 20, 3, (1 << 20) + 1, 5 << 20, 0, 7];
    const expected = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
    const shared = new Uint8Array(5 << 20);
    function* chunks(): Iterable<Uint8Array> {
      let at = 0;
      for (const [index, size] of sizes.entries()) {
        shared.fill(index + 1);
        expected.fill(index + 1, at, at + size);
        at += size;
        yield shared.subarray(0, size);
      }
    }
    const path = join(temporaryFolder(), "a.bin");
    await writeOutput(path, { byteLength: expected.length, chunks });
    expect(Buffer.compare(readFileSync(path), expected)).toBe(0);
  });

  it("does not touch what is there without force", async () => {
    const path = join(temporaryFolder(), "a.mlmodel");
    writeFileSync(path, "old");
    await expect(writeOutput(path, HELLO)).rejects.toMatchObject({
      code: "io-write",
      message: `${path} exists already.\n  Add --force to replace it.`,
    });
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("replaces what is there with force, and keeps its permissions", async () => {
    const path = join(temporaryFolder(), "a.mlmodel");
    writeFileSync(path, "old");
    chmodSync(path, 0o640);
    await writeOutput(path, HELLO, { force: true });
    expect(readFileSync(path, "utf8")).toBe("hello world");
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it("follows a link and leaves it a link", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "real"));
    writeFileSync(join(folder, "real", "a.mlmodel"), "old");
    symlinkSync(join(folder, "real", "a.mlmodel"), join(folder, "link.mlmodel"));
    await writeOutput(join(folder, "link.mlmodel"), HELLO, { force: true });
    expect(lstatSync(join(folder, "link.mlmodel")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "real", "a.mlmodel"), "utf8")).toBe("hello world");
  });
});

describe("writing where it is impossible", () => {
  it("says that the folder is missing, and how to make it", async () => {
    const folder = join(temporaryFolder(), "no");
    await expect(writeOutput(join(folder, "a.mlmodel"), HELLO)).rejects.toMatchObject({
      code: "io-write",
      message: `${folder}/a.mlmodel cannot be written: the folder ${folder} does not exist.\n  Make it first: mkdir -p ${folder}`,
    });
  });

  it("says that a part of the path is a file", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    await expect(writeOutput(join(file, "a.mlmodel"), HELLO)).rejects.toMatchObject({
      code: "io-write",
      message: `${file}/a.mlmodel cannot be written: the folder ${file} is not a folder.\n  Give another output path.`,
    });
  });

  it("says that the path is a folder", async () => {
    const folder = temporaryFolder();
    await expect(writeOutput(folder, HELLO, { force: true })).rejects.toMatchObject({
      code: "io-write",
      message: `${folder} is a folder, expected the name of a file.\n  Give a file name inside it: ${folder}/model.mlmodel.`,
    });
  });

  it("says that the disk is full", async () => {
    const path = join(temporaryFolder(), "full.mlmodel");
    symlinkSync("/dev/full", path);
    await expect(writeOutput(path, HELLO)).rejects.toMatchObject({
      code: "io-write",
      message:
        "/dev/full cannot be written: no space left on the disk.\n  Free some space, or choose a folder on another disk.",
    });
  });

  it("says that the disk is read-only", async () => {
    await expect(writeOutput("/proc/a.mlmodel", HELLO)).rejects.toMatchObject({
      code: "io-write",
      message: expect.stringMatching(/^\/proc\/a\.mlmodel cannot be written: /),
    });
  });
});

describe("writing that is interrupted", () => {
  it.each(["nothing", "an older file"])("leaves %s as it was when a weight fails", async (what) => {
    const folder = temporaryFolder();
    const path = join(folder, "a.mlmodel");
    if (what === "an older file") writeFileSync(path, "old");
    const before = readdirSync(folder);
    function* chunks(): Iterable<Uint8Array> {
      yield new Uint8Array(3 << 20);
      throw new RangeError("no more");
    }
    const failing = { byteLength: 4 << 20, chunks };
    await expect(writeOutput(path, failing, { force: true })).rejects.toThrow("no more");
    expect(readdirSync(folder)).toEqual(before);
    if (what === "an older file") expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("removes everything when it is aborted", async () => {
    const folder = temporaryFolder();
    const abort = new AbortController();
    function* chunks(): Iterable<Uint8Array> {
      yield new Uint8Array(1 << 20);
      abort.abort();
      yield new Uint8Array(1 << 20);
    }
    const path = join(folder, "a.mlmodel");
    const file = { byteLength: 2 << 20, chunks };
    await expect(writeOutput(path, file, { signal: abort.signal })).rejects.toMatchObject({
      code: "io-write",
      message: `${path} was not written: interrupted.`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not keep a file that came out shorter than announced", async () => {
    const folder = temporaryFolder();
    const short = { byteLength: 9, chunks: () => [new Uint8Array(8)] };
    await expect(writeOutput(join(folder, "a.mlmodel"), short)).rejects.toMatchObject({
      code: "internal",
      message: "8 bytes came out where 9 were announced.",
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("tells how far it is, and lets others have a turn", async () => {
    const told: number[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    function* chunks(): Iterable<Uint8Array> {
      for (let count = 0; count < 3; count++) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
        yield new Uint8Array(5);
      }
    }
    const file = { byteLength: 15, chunks };
    await writeOutput(join(temporaryFolder(), "a.mlmodel"), file, {
      onProgress: (written) => void told.push(written),
    });
    clearInterval(timer);
    expect(told).toEqual([5, 10, 15]);
    expect(turns).toBeGreaterThan(0);
  });
});

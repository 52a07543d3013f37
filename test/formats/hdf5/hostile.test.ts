import { readFileSync } from "node:fs";
import { join } from "node:path";
import { zlibSync } from "fflate";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { openHdf5 } from "../../../src/formats/hdf5/index.ts";
import { inflateZlib } from "../../../src/formats/hdf5/inflate.ts";
import { FIXTURES } from "../../cases.ts";
import { datasetAt } from "./open.ts";
import { readThrough } from "./walk.ts";

/** A fixture with 8-byte numbers or single bytes overwritten. */
function patch(
  name: string,
  ...changes: readonly (readonly [at: number, value: number | bigint])[]
) {
  const bytes = new Uint8Array(readFileSync(join(FIXTURES, name)));
  const view = new DataView(bytes.buffer);
  for (const [at, value] of changes) {
    if (typeof value === "bigint") view.setBigUint64(at, value, true);
    else view.setUint8(at, value);
  }
  return bytes;
}

/** Places of a run of bytes in a fixture. */
function find(name: string, pattern: readonly number[] | string): number[] {
  const bytes = new Uint8Array(readFileSync(join(FIXTURES, name)));
  const wanted = typeof pattern === "string" ? [...Buffer.from(pattern)] : pattern;
  return [...bytes.keys()].filter((start) =>
    wanted.every((byte, at) => bytes[start + at] === byte),
  );
}

function first(name: string, pattern: readonly number[] | string): number {
  const [place] = find(name, pattern);
  if (place === undefined) throw new Error(`${pattern} is not in ${name}`);
  return place;
}

/** Code and first line of the refusal. */
function refusal(bytes: Uint8Array): [string, string] {
  const outcome = readThrough(bytes);
  if (outcome.kind === "read") throw new Error("the file was read");
  return [outcome.error.code, outcome.error.message.split("\n")[0] ?? ""];
}

describe("trees that do not end", () => {
  const old = "hdf5/links_old.h5";

  it("a group's B-tree node that is its own child", () => {
    const node = first(old, "TREE");
    const bytes = patch(old, [node + 5, 1], [node + 32, BigInt(node)]);
    expect(refusal(bytes)).toEqual([
      "corrupt-file",
      `model.h5, /: A B-tree node at byte ${node} is its own ancestor or has two parents.`,
    ]);
  });

  it("a group's B-tree that is its own child and changes level is refused for its depth", () => {
    const node = first(old, "TREE");
    expect(refusal(patch(old, [node + 5, 200]))).toEqual([
      "corrupt-file",
      `model.h5, /: A B-tree node at byte ${node} has level 200, expected 32 at most.`,
    ]);
  });

  it("two ways to one node", () => {
    const chunks = "hdf5/storage_old.h5";
    const [root] = find(chunks, [0x54, 0x52, 0x45, 0x45, 1, 1]);
    if (root === undefined) throw new Error("no inner node");
    // Key, child, key, child: a key of a one-dimensional dataset takes 24 bytes.
    const child = new DataView(patch(chunks).buffer).getBigUint64(root + 24 + 24, true);
    const [code, text] = refusal(patch(chunks, [root + 24 + 24 + 32, child]));
    expect(code).toBe("corrupt-file");
    expect(text).toBe(
      `model.h5, /many_chunks: A B-tree node at byte ${child} is its own ancestor or has two parents.`,
    );
  });

  it("an object header that continues in a ring", () => {
    const name = "hdf5/continued_old.h5";
    const bytes = patch(name);
    // Continuation messages: type 16, 16 bytes long. All now say what the first one says.
    const [one = 0, ...others] = find(name, [0x10, 0, 0x10, 0, 0, 0, 0, 0]);
    for (const other of others) bytes.copyWithin(other + 8, one + 8, one + 24);
    expect(refusal(bytes)).toEqual([
      "corrupt-file",
      expect.stringMatching(/An object header at byte \d+ continues where it has been before\.$/),
    ]);
  });
});

describe("numbers beyond reason", () => {
  const old = "hdf5/links_old.h5";
  // Dataspace version 1, rank 1, with maximum sizes; two elements.
  const shape = first(old, [1, 1, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]) + 8;

  it("a shape larger than the file", () => {
    expect(refusal(patch(old, [shape, 2n ** 40n]))).toEqual([
      "limit",
      "model.h5, /a/data: The shape claims 4398046511104 bytes, which a file of 6832 cannot hold.",
    ]);
  });

  it("a shape somewhat larger than the data", () => {
    expect(refusal(patch(old, [shape, 3n]))).toEqual([
      "corrupt-file",
      "model.h5, /a/data: The data is 8 bytes long, but the shape needs 12.",
    ]);
  });

  it.each([2n ** 60n, 2n ** 64n - 1n])("a shape of %s elements", (size) => {
    const [code, text] = refusal(patch(old, [shape, size]));
    expect(code).toBe("corrupt-file");
    expect(text).toMatch(/holds an impossible number \(\d+\)\.$/);
  });

  it("a header that promises more messages than it holds", () => {
    const header = first(old, [1, 0, 1, 0, 1, 0, 0, 0, 24, 0, 0, 0]);
    const [code, text] = refusal(patch(old, [header + 2, 255], [header + 3, 255]));
    expect(code).toBe("corrupt-file");
    expect(text).toMatch(/promises 65535 messages, but only \d+ are there\.$/);
  });

  it("a symbol table node that promises more names than it holds", () => {
    const node = first(old, "SNOD");
    const [code, text] = refusal(patch(old, [node + 6, 255], [node + 7, 255]));
    expect(["limit", "corrupt-file"]).toContain(code);
    expect(text).toMatch(/symbol table node/);
  });

  it("names without end, and names that no path can say", () => {
    const heap = first(old, "soft_group");
    expect(refusal(patch(old, [heap + 4, 0x2f]))[1]).toBe(
      'model.h5, /: The group has a member with the impossible name "soft/group".',
    );
    expect(refusal(patch(old, [heap, 0]))[1]).toBe(
      'model.h5, /: The group has a member with the impossible name "".',
    );
  });
});

describe("bombs", () => {
  it("deflate never grows beyond what was claimed", () => {
    const bomb = zlibSync(new Uint8Array(20_000_000), { level: 9 });
    expect(bomb.length).toBeLessThan(30_000);
    expect(inflateZlib(bomb, 1000)).toBeUndefined();
    expect(inflateZlib(bomb, 19_999_999)).toBeUndefined();
    expect(inflateZlib(bomb, 20_000_001)).toBeUndefined();
    expect(inflateZlib(bomb, 20_000_000)?.length).toBe(20_000_000);
  });

  it("a chunk that claims more than deflate can hold is not unpacked", () => {
    const name = "hdf5/filters_old.h5";
    // Layout message version 3, chunked, one dimension and the element: chunks of 8 float32.
    const layout = find(name, [8, 0, 0, 0, 4, 0, 0, 0]).find((at) => patch(name)[at - 9] === 2);
    if (layout === undefined) throw new Error("no such layout");
    const bytes = patch(name, [layout + 3, 4]);
    const file = openHdf5(bytesSource(bytes));
    expect(() => datasetAt(file, "larger_than_shape").readInto(new Float32Array(1), 0)).toThrow(
      /A chunk of data at byte \d+ is \d+ bytes long, which cannot become \d+\.$/m,
    );
  });
});

describe("how much is read", () => {
  /** The bytes of a file that were asked for. */
  function recorded(path: string): {
    reads: [number, number][];
    source: ReturnType<typeof bytesSource>;
  } {
    const inner = bytesSource(readFileSync(join(FIXTURES, path)), path);
    const reads: [number, number][] = [];
    return {
      reads,
      source: {
        ...inner,
        readInto(at, target) {
          reads.push([at, target.length]);
          inner.readInto(at, target);
        },
      },
    };
  }

  it("opening and listing a file reads a small part of it", () => {
    const { reads, source } = recorded("snacks/snacks_mobilenet025/model.hdf5");
    const file = openHdf5(source);
    expect(file.root.keys()).toContain("model_weights");
    const bytes = reads.reduce((sum, [, length]) => sum + length, 0);
    expect(bytes).toBeLessThan(64 * 1024);
    expect(bytes).toBeLessThan(source.size / 20);
  });

  it("float32 is one read into the target", () => {
    const { reads, source } = recorded("generations/k224/model.hdf5");
    const dataset = datasetAt(openHdf5(source), "/model_weights/conv1/conv1/kernel:0");
    if (dataset.storage.kind !== "contiguous") throw new Error("not contiguous");
    const { offset } = dataset.storage;
    reads.length = 0;
    const target = new Float32Array(20);
    dataset.readInto(target, 7);
    expect(reads).toEqual([[offset + 28, 80]]);
    const all = new Float32Array(162);
    dataset.readInto(all, 0);
    expect([...target]).toEqual([...all.subarray(7, 27)]);
  });

  it("strips of any length and start agree with the whole", () => {
    for (const name of ["filters_old", "indexes_latest", "indexes_old", "edges"]) {
      const file = openHdf5(bytesSource(readFileSync(join(FIXTURES, `hdf5/${name}.h5`))));
      for (const key of file.root.keys()) {
        const dataset = datasetAt(file, key);
        if (dataset.dtype !== "float32") continue;
        const size = dataset.shape.reduce((product, dim) => product * dim, 1);
        const whole = new Float32Array(size);
        dataset.readInto(whole, 0);
        for (const length of [1, 3, 16, 61]) {
          const strips = new Float32Array(size);
          for (let at = 0; at < size; at += length)
            dataset.readInto(strips.subarray(at, at + length), at);
          expect(strips).toEqual(whole);
        }
      }
    }
  });
});

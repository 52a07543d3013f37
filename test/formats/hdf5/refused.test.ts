import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { type Hdf5File, openHdf5 } from "../../../src/formats/hdf5/index.ts";
import { FIXTURES } from "../../cases.ts";
import { datasetAt, openFixture } from "./open.ts";

/** The error that an action ends with; none fails the test. */
function errorOf(action: () => unknown): KcError {
  try {
    action();
  } catch (error) {
    if (error instanceof KcError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

function readAll(file: Hdf5File, path: string): void {
  datasetAt(file, path).readInto(new Float32Array(1), 0);
}

describe("refused by name", () => {
  const filters = openFixture("hdf5/refused_filters.h5");
  it.each([
    ["szip", "szip (4)"],
    ["nbit", "n-bit (5)"],
    ["scaleoffset", "scale-offset (6)"],
  ])("%s", (path, name) => {
    const error = errorOf(() => readAll(filters, path));
    expect(error.code).toBe("unsupported");
    expect(error.message).toBe(
      `hdf5/refused_filters.h5, /${path}: The data is packed with a filter that is not read here: ${name}.\n  Repack the file, for instance with h5repack -f GZIP=4.`,
    );
  });

  it("a filter that only its number is known of", () => {
    const bytes = readFixture("hdf5/filters_old.h5");
    const at = indexOf(bytes, [0x00, 0x7d, 8, 0, 1, 0, 3, 0, 0x6c, 0x7a, 0x66]);
    bytes.set([0x39, 0x30], at);
    const file = openHdf5(bytesSource(bytes));
    const error = errorOf(() => readAll(file, "lzf"));
    expect(error.code).toBe("unsupported");
    expect(error.message).toContain('not read here: "lzf" (12345).');
  });

  it("virtual datasets", () => {
    const error = errorOf(() => readAll(openFixture("hdf5/refused_virtual.h5"), "virtual"));
    expect(error.code).toBe("unsupported");
    expect(error.message).toBe(
      "hdf5/refused_virtual.h5, /virtual: This is a virtual dataset: its data lies in other files.\n  Copy it into one file, for instance with h5repack or h5py.",
    );
  });

  it("external storage", () => {
    const error = errorOf(() => readAll(openFixture("hdf5/refused_external.h5"), "external"));
    expect(error.code).toBe("unsupported");
    expect(error.message).toBe(
      "hdf5/refused_external.h5, /external: The data lies in external files, which are not followed.\n  Copy it into one file, for instance with h5repack or h5py.",
    );
  });

  it("a table of shared messages", () => {
    const { root } = openFixture("hdf5/refused_shared_messages.h5");
    const error = errorOf(() => root.attributes.get("name"));
    expect(error.code).toBe("unsupported");
    expect(error.message).toBe(
      "hdf5/refused_shared_messages.h5, /: The file uses a table of shared messages, which is not read here.\n  Repack it with h5repack, without shared messages.",
    );
  });
});

describe.each(["old", "latest"])("links of %s files", (age) => {
  const name = `hdf5/refused_links_${age}.h5`;
  const { root } = openFixture(name);

  it("lists links that cannot be followed", () => {
    expect(root.keys()).toEqual(["cycle", "dangling", "data", "external", "ring_a", "ring_b"]);
    expect(root.link("external")).toEqual({ kind: "external", file: "other.h5", target: "/data" });
    expect(root.link("dangling")).toEqual({ kind: "soft", target: "/nowhere/at/all" });
  });

  it("refuses external links by name", () => {
    const error = errorOf(() => root.get("external"));
    expect(error.code).toBe("unsupported");
    expect(error.message).toBe(
      `${name}, /external: This is an external link to "/data" in "other.h5".\n  Links to other files are not followed; copy everything into one file.`,
    );
  });

  it("finds nothing behind a dangling soft link", () => {
    expect(root.get("dangling")).toBeUndefined();
    expect(root.get("nothing")).toBeUndefined();
    expect(root.get("data/below")).toBeUndefined();
  });

  it("ends in a ring of soft links", () => {
    const error = errorOf(() => root.get("ring_a"));
    expect(error.code).toBe("limit");
    expect(error.message).toMatch(/Soft links lead from one to the next more than 16 times\.$/);
  });

  it("ends in a group that holds itself", () => {
    expect(root.get(`cycle${"/self".repeat(20)}`)?.kind).toBe("group");
    const error = errorOf(() => root.get(`cycle${"/self".repeat(100)}`));
    expect(error.code).toBe("limit");
    expect(error.message).toContain("Groups are nested more than 64 deep.");
  });
});

it("refuses user-defined links by name", () => {
  const bytes = readFixture("hdf5/refused_links_old.h5");
  // Link message version 1, flags: the type follows; 64 is an external link.
  bytes[indexOf(bytes, [1, 8, 64]) + 2] = 65;
  const { root } = openHdf5(bytesSource(bytes, "links.h5"));
  const error = errorOf(() => root.get("external"));
  expect(error.code).toBe("unsupported");
  expect(error.message).toBe(
    "links.h5, /external: This is a user-defined link (type 65), which cannot be followed.",
  );
});

describe("requests that make no sense", () => {
  const file = openFixture("hdf5/types_old.h5");

  it("numbers of something else", () => {
    const error = errorOf(() => readAll(file, "opaque5"));
    expect(error.code).toBe("unsupported");
    expect(error.message).toBe("/opaque5: The elements are of type opaque, expected numbers.");
  });

  it("strings of numbers, integers of floats", () => {
    expect(() => datasetAt(file, "little_f4").readStrings()).toThrow(
      "/little_f4: The elements are of type float32, expected strings.",
    );
    expect(() => datasetAt(file, "big_f8").readBigInts()).toThrow(
      "of type float64, expected integers.",
    );
  });

  it.each([
    [-1, 1],
    [0, 5],
    [4, 1],
    [0.5, 1],
  ])("elements from %d, %d of them", (start, count) => {
    const error = errorOf(() =>
      datasetAt(file, "little_f4").readInto(new Float32Array(count), start),
    );
    expect(error.code).toBe("bad-shape");
  });
});

function readFixture(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, path)));
}

function indexOf(bytes: Uint8Array, pattern: readonly number[]): number {
  const at = bytes.findIndex((_, start) => pattern.every((byte, i) => bytes[start + i] === byte));
  if (at < 0) throw new Error("the pattern is not in the file");
  return at;
}

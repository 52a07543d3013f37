import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as original from "jsfive";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KcError } from "../../src/errors.ts";
import * as ours from "../../src/formats/jsfive.ts";
import { FIXTURES } from "../cases.ts";
import { listHdf5Fixtures } from "./hdf5/open.ts";

/** Where jsfive stops or is wrong: files, what of them, and why. All else must be equal. */
const KNOWN: readonly { file: RegExp; what: RegExp; why: string }[] = [
  { file: /userblock/, what: /^open$/, why: "jsfive looks for the superblock at byte 0 only" },
  { file: /superblock1/, what: /^open$/, why: "jsfive knows superblocks 0, 2 and 3" },
  { file: /sizes[24]/, what: /^open$/, why: "jsfive knows addresses of eight bytes" },
  { file: /bfloat16/, what: / (value|dtype)$/, why: "jsfive knows no opaque type" },
  { file: /types_/, what: /^\/opaque. /, why: "jsfive knows no opaque type" },
  { file: /types_/, what: /^\/bfloat16 value$/, why: "jsfive takes it for float16" },
  { file: /types_/, what: /^\/(array_type|complex|compound) /, why: "jsfive knows no compounds" },
  { file: /types_/, what: /^\/longdouble /, why: "neither reads 80-bit numbers" },
  { file: /types_/, what: /^\/int12 value$/, why: "jsfive ignores the sign of odd widths" },
  { file: /types_/, what: /^\/null /, why: "jsfive takes a null dataspace for a scalar" },
  { file: /types_/, what: /^\/vlen_ints value$/, why: "jsfive reads lists in attributes only" },
  { file: /committed/, what: / (value|dtype|attrs)$/, why: "jsfive knows no shared types" },
  { file: /strings_/, what: /^\/fixed_(nullterm|spacepad) value$/, why: "jsfive keeps padding" },
  { file: /strings_/, what: /^\/vlen_unwritten /, why: "jsfive has holes for unwritten data" },
  { file: /strings_old/, what: /__proto__|^\/ (keys|attrs)$/, why: "jsfive loses the name" },
  { file: /strings_latest|dense|continued_latest/, what: / attrs$/, why: "no dense attributes" },
  { file: /_latest|v200|dense|edges|implicit|wide/, what: / keys$/, why: "jsfive lists by age" },
  {
    file: /_latest|v200|edges|implicit|wide/,
    what: / value$/,
    why: "jsfive knows no layout version 4",
  },
  {
    file: /links_/,
    what: /^\/chain /,
    why: "jsfive gives null or a group for links through links",
  },
  { file: /filters_old/, what: /^\/lzf.* value$/, why: "jsfive knows no lzf" },
  { file: /refused_filters/, what: / value$/, why: "ours refuses, jsfive stops or gives nothing" },
  {
    file: /refused_(virtual|external)/,
    what: / value$/,
    why: "ours refuses, jsfive gives nothing",
  },
  { file: /refused_shared/, what: /^\/ attrs$/, why: "ours refuses, jsfive gives nonsense" },
  { file: /indexes_old/, what: / value$/, why: "jsfive has no fill value" },
  {
    file: /storage_/,
    what: /^\/(compact|partly_|unwritten).* value$/,
    why: "jsfive has no fill value",
  },
];

type Module = typeof original | typeof ours;

/** Everything that can be seen of a file, piece by piece, as text; errors are `null`. */
function dump(module: Module, bytes: ArrayBuffer): Map<string, string | null> {
  const seen = new Map<string, string | null>();
  const note = (key: string, read: () => unknown) => seen.set(key, attempt(read));
  const walk = (group: original.Group | ours.Group, path: string): void => {
    note(`${path}/ keys`, () => group.keys);
    note(`${path}/ attrs`, () => Object.entries(group.attrs));
    for (const key of group.keys) {
      const below = `${path}/${key}`;
      const member = open(group, key);
      if (member instanceof original.Dataset || member instanceof ours.Dataset) {
        note(`${below} name`, () => [member.name, member.parent.name, member.file.name]);
        note(`${below} shape`, () => member.shape);
        note(`${below} dtype`, () => member.dtype);
        note(`${below} value`, () => member.value);
        note(`${below} attrs`, () => Object.entries(member.attrs));
      } else if (member instanceof original.Group || member instanceof ours.Group) {
        walk(member, below);
      } else note(`${below} missing`, () => member);
    }
  };
  const file = open({ get: () => new module.File(bytes, "model.h5") }, "");
  if (file instanceof original.Group || file instanceof ours.Group) walk(file, "");
  return seen;
}

function open(group: { get(key: string): unknown }, key: string): unknown {
  try {
    return group.get(key);
  } catch {
    return undefined;
  }
}

function attempt(read: () => unknown): string | null {
  try {
    return JSON.stringify(read(), comparable) ?? null;
  } catch {
    return null;
  }
}

/** The difference that is everywhere: jsfive leaves the padding in. */
function comparable(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return typeof value === "string" ? value.replace(/\0+$/, "") : value;
}

function bytesOf(path: string): ArrayBuffer {
  const bytes = readFileSync(join(FIXTURES, path));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

describe("reads what jsfive reads", () => {
  const used = new Set<string>();
  it.each(listHdf5Fixtures().filter((path) => !/refused_links/.test(path)))("%s", (path) => {
    const bytes = bytesOf(path);
    const [mine, theirs] = [dump(ours, bytes), dump(original, bytes)];
    const differing = [...mine.keys()].filter((key) => mine.get(key) !== theirs.get(key));
    const unexplained = differing.filter((key) => {
      const what = theirs.size === 0 ? "open" : key;
      const known = KNOWN.filter((entry) => entry.file.test(path) && entry.what.test(what));
      for (const { why } of known) used.add(why);
      return known.length === 0;
    });
    expect(unexplained).toEqual([]);
    expect(mine.size).toBeGreaterThan(0);
  });

  it("and every known difference still exists", () => {
    const unused = KNOWN.filter(({ why }) => !used.has(why));
    expect(unused.map(({ why }) => why)).toEqual([]);
  });
});

describe.each([
  ["jsfive", original],
  ["ours", ours],
])("the same code runs on %s", (_name, module) => {
  const file = new module.File(bytesOf("generations/k224/model.hdf5"), "model.hdf5");

  it("a file is its root group", () => {
    expect(file.filename).toBe("model.hdf5");
    expect(file.mode).toBe("r");
    expect(file.name).toBe("/");
    expect(file.parent).toBe(file);
    expect(file.file).toBe(file);
    expect(file.keys).toEqual(["model_weights"]);
    expect(file.length()).toBe(1);
    expect(file.get("/")).toBe(file);
    expect(file.attrs.keras_version).toBe("2.2.4");
  });

  it("groups know their path, parent and file", () => {
    const group = file.get("model_weights/conv1");
    if (!(group instanceof module.Group)) throw new Error("no group");
    expect(group.name).toBe("/model_weights/conv1");
    expect(group.parent.name).toBe("/model_weights");
    expect(group.file).toBe(file);
    expect(group.attrs.weight_names).toEqual(["conv1/kernel:0"]);
    expect(group.get("/model_weights")).toMatchObject({ name: "/model_weights" });
    expect(group.values.length).toBe(group.keys.length);
  });

  it("a dataset has shape, dtype and value", () => {
    const dataset = file.get("/model_weights/head/head/bias:0");
    if (!(dataset instanceof module.Dataset)) throw new Error("no dataset");
    expect(dataset.shape).toEqual([4]);
    expect(dataset.dtype).toBe("<f4");
    expect(Array.isArray(dataset.value)).toBe(true);
    expect(dataset.value).toHaveLength(4);
    expect(dataset.fillvalue).toBe(0);
    expect(dataset.name).toBe("/model_weights/head/head/bias:0");
  });

  it("a name that is not there throws", () => {
    expect(() => file.get("model_weights/nothing")).toThrow();
    expect(() => file.get("model_weights/conv1/conv1/kernel:0/x")).toThrow();
  });

  it("lists whole numbers in their order", () => {
    const links = new module.File(bytesOf("hdf5/links_old.h5"));
    const group = links.get("numbers");
    if (!(group instanceof module.Group)) throw new Error("no group");
    expect(group.keys).toEqual(["0", "1", "2", "10"]);
  });
});

describe("what jsfive lacks", () => {
  const file = new ours.File(bytesOf("generations/k224/model.hdf5"), "model.hdf5");

  it("throws KcError with the place", () => {
    expect(() => file.get("model_weights/nothing")).toThrow(
      new KcError({
        code: "bad-option",
        text: "nothing not found in group.",
        at: { file: "model.hdf5", path: "/model_weights" },
      }),
    );
  });

  it("visits every object once", () => {
    const names: string[] = [];
    file.visit((name) => void names.push(name));
    expect(names).toContain("model_weights/conv1/conv1/kernel:0");
    expect(new Set(names).size).toBe(names.length);
    expect(file.visititems((name, object) => (name.endsWith("bias:0") ? object.name : null))).toBe(
      "/model_weights/head/head/bias:0",
    );
  });

  it("reads Keras 3's bfloat16 as numbers", () => {
    const half = new ours.File(bytesOf("generations/k3151_bfloat16/model.h5"));
    const dataset = half.get("model_weights/head/head/bias");
    if (!(dataset instanceof ours.Dataset)) throw new Error("no dataset");
    expect(dataset.dtype).toBe("|V2");
    expect(dataset.value).toHaveLength(4);
    expect(dataset.value.every((value) => typeof value === "number")).toBe(true);
  });

  it("reads from a source as well as from bytes, and knows the user block", () => {
    const bytes = new Uint8Array(bytesOf("hdf5/userblock_latest.h5"));
    const source = {
      name: "source",
      size: bytes.length,
      readInto: (at: number, target: Uint8Array) =>
        target.set(bytes.subarray(at, at + target.length)),
    };
    expect(new ours.File(source).userblock_size).toBe(2048);
    expect(new ours.File(bytes).keys).toEqual(["data", "group"]);
  });

  it("gives null for soft links that lead nowhere and refuses external ones", () => {
    const links = new ours.File(bytesOf("hdf5/refused_links_old.h5"), "links.h5");
    expect(links.get("dangling")).toBeNull();
    expect(() => links.get("external")).toThrow('an external link to "/data" in "other.h5"');
    expect(links.get("cycle/self/self")).toMatchObject({ name: "/cycle/self/self" });
  });
});

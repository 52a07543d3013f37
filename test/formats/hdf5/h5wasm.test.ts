import { join } from "node:path";
import h5wasm, { type Entity, type OutputData } from "h5wasm/node";
import { beforeAll, describe, expect, it } from "vitest";
import type { Hdf5Object, Hdf5Scalar } from "../../../src/formats/hdf5/index.ts";
import { FIXTURES } from "../../cases.ts";
import { listHdf5Fixtures, openFixture } from "./open.ts";

/** What h5wasm (the HDF5 library itself) gives otherwise, and why. All else must be equal. */
const KNOWN: readonly { file: RegExp; what: RegExp; why: string }[] = [
  { file: /float16/, what: / value$/, why: "h5wasm knows no float16" },
  { file: /types_/, what: /(_f2|\/bfloat16) value$/, why: "h5wasm knows no float16 or bfloat16" },
  { file: /types_/, what: /^\/int12 value$/, why: "ours refuses, h5wasm ignores the sign" },
  { file: /types_/, what: /^\/longdouble value$/, why: "ours refuses" },
  { file: /types_/, what: /^\/null shape$/, why: "ours says no elements" },
  { file: /committed/, what: /^\/float_type @note$/, why: "not looked at" },
  { file: /dense/, what: /^\/ordered keys$/, why: "h5wasm lists by age where that is kept" },
  { file: /filters_/, what: /^\/lzf/, why: "h5wasm has no lzf and gives whatever lay in memory" },
  { file: /strings_/, what: /^\/ascii_that_is_utf8 /, why: "h5wasm reads ASCII as Latin-1" },
  { file: /strings_/, what: /^\/fixed_nullpad_raw /, why: "h5wasm stops at any NUL" },
  { file: /strings_/, what: /^\/fixed_spacepad /, why: "h5wasm keeps spaces" },
];

/** Everything in a file, object by object, as comparable text; errors are `null`. */
type Dump = Map<string, string | null>;

function dumpOurs(path: string): Dump {
  const dump: Dump = new Map();
  const walk = (object: Hdf5Object, at: string): void => {
    const names = object.attributes.keys().toSorted();
    note(dump, `${at} attributes`, () => names);
    for (const name of names) {
      note(dump, `${at} @${name}`, () => flat(object.attributes.get(name) ?? null));
    }
    if (object.kind === "dataset") {
      note(dump, `${at} shape`, () => object.shape);
      note(dump, `${at} value`, () => flat(object.readValues()));
    }
    if (object.kind !== "group") return;
    note(dump, `${at} keys`, () => object.keys());
    for (const key of object.keys()) {
      const link = object.link(key);
      if (link?.kind !== "hard" || key === "self") continue;
      const member = object.get(key);
      if (member !== undefined) walk(member, `${at}/${key}`);
    }
  };
  walk(openFixture(path).root, "");
  return dump;
}

function dumpTheirs(path: string, keys: Iterable<string>): Dump {
  const dump: Dump = new Map();
  const file = new h5wasm.File(join(FIXTURES, path), "r");
  const open = (at: string): Entity | null => (at === "" ? file : file.get(at));
  for (const key of keys) {
    const [, at = "", what = ""] = /^(.*) (\S*|@.*)$/.exec(key) ?? [];
    note(dump, key, () => look(open(at), what));
  }
  file.close();
  return dump;
}

function look(entity: Entity | null, what: string): unknown {
  if (!(entity instanceof h5wasm.Group || entity instanceof h5wasm.Dataset)) {
    return entity instanceof h5wasm.Datatype && what === "attributes"
      ? Object.keys(entity.attrs)
      : what;
  }
  if (what === "attributes") return Object.keys(entity.attrs).toSorted();
  if (what.startsWith("@")) return flat(entity.attrs[what.slice(1)]?.value ?? null);
  if (what === "keys") return entity instanceof h5wasm.Group ? entity.keys() : null;
  if (!(entity instanceof h5wasm.Dataset)) return null;
  return what === "shape" ? entity.shape : flat(entity.value);
}

function note(dump: Dump, key: string, read: () => unknown): void {
  try {
    dump.set(key, JSON.stringify(read()));
  } catch {
    dump.set(key, null);
  }
}

/** One flat list of plain values; h5wasm unpacks scalars and gives typed arrays. */
function flat(value: OutputData | Hdf5Scalar | null): unknown[] {
  if (value === null) return [];
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    return Array.from(Object.values(value)).flatMap((item) => flat(item));
  }
  if (value instanceof Map) return [...value.values()].flatMap((item) => flat(item));
  if (typeof value === "bigint") return [String(value)];
  if (typeof value === "number") return [Object.is(value, -0) ? "-0" : String(value)];
  return [typeof value === "boolean" ? String(Number(value)) : value];
}

beforeAll(async () => {
  await h5wasm.ready;
});

describe("reads what h5wasm reads", () => {
  it.each(listHdf5Fixtures().filter((path) => !path.includes("/refused_")))("%s", (path) => {
    const mine = dumpOurs(path);
    const keys = [...mine.keys()].filter(
      (key) => !KNOWN.some(({ file, what }) => file.test(path) && what.test(key)),
    );
    const theirs = dumpTheirs(path, keys);
    expect(keys.filter((key) => mine.get(key) !== theirs.get(key))).toEqual([]);
    expect(keys.length).toBeGreaterThan(0);
  });
});

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Hdf5Attributes, Hdf5Dataset, Hdf5Object } from "../../../src/formats/hdf5/index.ts";
import { FIXTURES } from "../../cases.ts";
import { openFixture } from "./open.ts";

/** What h5py read; see `fixtures/generators/hdf5_dialects.py`. */
interface Values {
  readonly dtype: string;
  readonly shape?: readonly number[] | null;
  readonly values?: readonly unknown[];
  readonly sha256?: string;
  readonly count?: number;
}

interface Expected extends Values {
  readonly kind: "group" | "dataset" | "datatype";
  readonly keys?: readonly string[];
  readonly attributes: Readonly<Record<string, Values>>;
}

const EXPECTED: Record<string, Record<string, Expected>> = JSON.parse(
  readFileSync(join(FIXTURES, "hdf5/expected.json"), "utf8"),
);

describe.each(Object.keys(EXPECTED))("%s reads as in h5py", (name) => {
  const file = openFixture(`hdf5/${name}`);
  it.each(Object.entries(EXPECTED[name] ?? {}))("%s", (path, expected) => {
    const object = file.root.get(path);
    expect(object?.kind).toBe(expected.kind);
    if (object === undefined) return;
    expect(object.attributes.keys().toSorted()).toEqual(
      Object.keys(expected.attributes).toSorted(),
    );
    for (const [key, value] of Object.entries(expected.attributes)) {
      expect(attributeOf(object.attributes, key, value), key).toEqual(comparable(value));
    }
    if (object.kind === "group") expect(object.keys()).toEqual(expected.keys);
    if (object.kind !== "dataset") return;
    expect(object.shape).toEqual(expected.shape ?? [0]);
    if (object.dtype === "other") return refused(object);
    if (expected.values === undefined && expected.sha256 === undefined) return;
    expect(datasetValues(object, expected)).toEqual(comparable(expected));
  });
});

/** Long double and 12-bit integers are listed but not converted. */
function refused(object: Hdf5Dataset): void {
  expect(["/longdouble", "/int12"]).toContain(object.path);
  expect(() => object.readInto(new Float32Array(1), 0)).toThrow("of type other, expected numbers");
  expect(() => object.readValues()).toThrow(
    /with an unusual bit layout \(\d+ bytes\) cannot be read/,
  );
}

function comparable(expected: Values): unknown {
  if (expected.sha256 !== undefined) return expected.sha256;
  return isFloat(expected.dtype) ? expected.values?.map(parseFloatText) : expected.values;
}

function isFloat(dtype: string): boolean {
  return /^[<>]f[248]$/.test(dtype);
}

function parseFloatText(value: unknown): number {
  const text = String(value);
  return text.endsWith("inf") ? Number(text.replace("inf", "Infinity")) : Number(text);
}

function attributeOf(attributes: Hdf5Attributes, key: string, expected: Values): unknown {
  expect(attributes.describe(key)?.shape ?? null).toEqual(expected.shape);
  const value = attributes.get(key);
  if (expected.shape === null) return value ?? undefined;
  const list = expected.shape?.length === 0 ? [value] : value;
  if (!Array.isArray(list)) throw new Error(`${key} is no list`);
  return digest(list, expected);
}

function datasetValues(object: Hdf5Object, expected: Values): unknown {
  if (object.kind !== "dataset") throw new Error("no dataset");
  if (/^\|V/.test(expected.dtype)) return object.readValues().map(hex);
  if (/^[<>|][iu]/.test(expected.dtype)) return digest(object.readBigInts(), expected);
  if (!isFloat(expected.dtype)) return digest(object.readValues(), expected);
  const target = new Float64Array(object.shape.reduce((size, dim) => size * dim, 1));
  object.readInto(target, 0);
  return digest([...target], expected);
}

function digest(values: readonly unknown[], expected: Values): unknown {
  if (expected.sha256 === undefined) {
    return /^[<>|][iu]/.test(expected.dtype) ? values.map(String) : values;
  }
  expect(values.length).toBe(expected.count);
  const bytes = /^[<>|][iuf]/.test(expected.dtype)
    ? new Uint8Array(Float64Array.from(values, Number).buffer)
    : values.join("\n");
  return createHash("sha256").update(bytes).digest("hex");
}

function hex(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}

import { Writer } from "protobufjs/minimal.js";
import { describe, expect, it, test } from "vitest";
import { editCoreML } from "../../src/edit/edit.ts";
import { bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import type { Model } from "../../src/formats/coreml/types.gen.ts";
import { compareWithKeras } from "../verify/run-case.ts";
import { bytesOf, edited, GOLDEN, goldenBytes, smallModel } from "./edited.ts";

/** New names for all that a model calls by name. */
function otherNames({ description = {} }: Model): Record<string, string> {
  const { input = [], output = [], trainingInput = [] } = description;
  const names = [...input, ...output, ...trainingInput].map(({ name = "" }) => name);
  return Object.fromEntries([...new Set(names)].map((name, index) => [name, `renamed_${index}`]));
}

const cases = GOLDEN.map((one) => [one.id, one] as const);

describe("an edit that changes nothing", () => {
  test.each(cases)("keeps every byte of %s", (_, one) => {
    const before = goldenBytes(one);
    const { bytes, changes } = edited(before, { userDefined: { "no such key": "" } });
    expect(Buffer.compare(bytes, before)).toBe(0);
    expect(changes).toEqual([]);
  });

  it("keeps fields that no format knows, whatever their order and however long their lengths are written", () => {
    const odd = Writer.create();
    odd
      .uint32((999 << 3) | 2)
      .string("of later")
      .uint32((998 << 3) | 5)
      .fixed32(7);
    const before = Uint8Array.from([...bytesOf(smallModel()), ...odd.finish()]);
    const { bytes } = editInBytes(before, { rename: { x: "image" } });
    const back = editInBytes(bytes, { rename: { image: "x" } });
    expect([...back.bytes]).toEqual([...before]);
    expect(Buffer.from(bytes).includes("of later")).toBe(true);
  });
});

/** Without decoding the result, which has what is not known. */
function editInBytes(bytes: Uint8Array, options: Parameters<typeof editCoreML>[1]) {
  const { file, changes } = editCoreML(bytesSource(bytes), options);
  return { bytes: collectBytes(file), changes };
}

describe("renaming all inputs and outputs", () => {
  test.each(cases)("of %s, and back, gives the bytes again", (_, one) => {
    const before = goldenBytes(one);
    const rename = otherNames(edited(before, {}).model);
    const there = edited(before, { rename });
    const back = Object.fromEntries(Object.entries(rename).map(([old, name]) => [name, old]));
    expect(Buffer.compare(edited(there.bytes, { rename: back }).bytes, before)).toBe(0);
  });

  const right = GOLDEN.filter((one) => {
    try {
      return compareWithKeras(decodeModel(goldenBytes(one)), one).excess <= 0;
    } catch {
      return false;
    }
  });

  it("is tried on nearly all golden files", () => {
    expect(right.length).toBeGreaterThan(215);
  });

  test.each(right.map((one) => [one.id, one] as const))("of %s keeps the numbers", (_, one) => {
    const before = goldenBytes(one);
    const { model, changes } = edited(before, { rename: otherNames(decodeModel(before)) });
    expect(compareWithKeras(model, one).excess).toBeLessThanOrEqual(0);
    expect(changes.length).toBeGreaterThan(1);
  });
});

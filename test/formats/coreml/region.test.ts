import { Writer } from "protobufjs/minimal.js";
import { describe, expect, it } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { bytesIn, fieldsOf, wholeOf } from "../../../src/formats/coreml/region.ts";

function walk(bytes: Uint8Array): string[] {
  const found: string[] = [];
  const visit = (region: ReturnType<typeof wholeOf>): void => {
    for (const { number, wireType, content } of fieldsOf(region)) {
      found.push(`${number}:${wireType}:${[...bytesIn(content)].join(",")}`);
    }
  };
  visit(wholeOf(bytesSource(bytes)));
  return found;
}

function errorOf(...bytes: number[]): string {
  try {
    walk(Uint8Array.from(bytes));
    return "";
  } catch (error) {
    return error instanceof KcError ? `${error.code}: ${error.message}` : `foreign ${error}`;
  }
}

describe("the fields of a region", () => {
  it("come in the order of the file, with what they hold", () => {
    const writer = Writer.create();
    writer.uint32((2 << 3) | 2).string("ab");
    writer.uint32((1 << 3) | 0).uint32(300);
    writer.uint32((536_870_911 << 3) | 5).fixed32(1);
    writer.uint32((3 << 3) | 1).double(0);
    expect(walk(writer.finish())).toEqual([
      "2:2:97,98",
      "1:0:172,2",
      "536870911:5:1,0,0,0",
      "3:1:0,0,0,0,0,0,0,0",
    ]);
  });

  it.each([
    ["a length beyond the end", [0x0a, 5, 1], "runs past its end"],
    [
      "a length beyond all files",
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
      "runs past its end",
    ],
    ["a number without an end", [0x08, 0xff, 0xff], "runs past its end"],
    ["a fixed number that is cut", [0x0d, 1], "runs past its end"],
    ["a group", [0x0b], "has a field of wire type 3"],
    ["field 0", [0x02, 0], "has field 0"],
  ])("are refused with %s", (_, bytes, text) => {
    expect(errorOf(...bytes)).toContain(
      `corrupt-file: model: A part of the Core ML model ${text}.`,
    );
  });
});

import { describe, expect, it } from "vitest";
import {
  parseList,
  parseNumber,
  parseNumberByName,
  parsePairs,
  parseShape,
  parseShapes,
} from "../../src/cli/parse-values.ts";

describe("numbers", () => {
  it("takes whole numbers, decimals, exponents and fractions", () => {
    const texts = ["-1", "+2", "0.5", ".5", "1e-3", "2/255", "1/127.5", " 1 / 4 ", "-103.939"];
    expect(texts.map((text) => parseNumber("--image-scale", text))).toEqual([
      -1, 2, 0.5, 0.5, 0.001, 0.00784313725490196, 0.00784313725490196, 0.25, -103.939,
    ]);
  });

  it.each(["", "x", "1/0", "1/2/3", "NaN", "Infinity", "0x10", "1,5", "2/", "1e999"])(
    "refuses %j",
    (text) => {
      expect(() => parseNumber("--red-bias", text)).toThrow(
        `--red-bias is "${text}", expected a number such as -1, 0.5 or 2/255.`,
      );
    },
  );

  it("takes one number for all inputs, or one by name", () => {
    expect(parseNumberByName("--image-scale", "2/255")).toBe(0.00784313725490196);
    expect(parseNumberByName("--image-scale", "a=0.5,b=1/4")).toEqual({ a: 0.5, b: 0.25 });
  });
});

describe("lists", () => {
  it("splits at commas that no backslash precedes", () => {
    expect(parseList("--class-labels", "a, b c,d\\,e,f\\\\")).toEqual(["a", "b c", "d,e", "f\\"]);
  });

  it.each(["", "a,,b", "a,", ",a"])("refuses the empty name in %j", (text) => {
    expect(() => parseList("--input-names", text)).toThrow(
      `--input-names is "${text}", which has an empty name.`,
    );
  });

  it("splits pairs at the first equals sign", () => {
    expect(parsePairs("--user-defined", ["a=b=c", "url=http://x?y=z"])).toEqual({
      a: "b=c",
      url: "http://x?y=z",
    });
  });

  it("refuses a pair without a name, and a name given twice", () => {
    expect(() => parsePairs("--user-defined", ["novalue"])).toThrow(
      '--user-defined is "novalue", expected name=value.',
    );
    expect(() => parsePairs("--user-defined", ["a=1", "a=2"])).toThrow(
      '--user-defined gives "a" twice.',
    );
  });

  it("keeps names that JavaScript objects know already", () => {
    expect(Object.entries(parsePairs("--user-defined", ["__proto__=1"]))).toEqual([
      ["__proto__", "1"],
    ]);
  });
});

describe("shapes", () => {
  it("takes sizes, with or without brackets, and marks free dimensions", () => {
    expect(parseShape("--input-shape", "1,224,224,3")).toEqual([1, 224, 224, 3]);
    expect(parseShape("--input-shape", "(null, ?, None, 3)")).toEqual([null, null, null, 3]);
  });

  it("takes one shape for the only input, or one by name", () => {
    expect(parseShapes("--input-shape", ["1,8"])).toEqual([1, 8]);
    expect(parseShapes("--input-shape", ["a=1,8", "b=?,4"])).toEqual({ a: [1, 8], b: [null, 4] });
  });

  it.each(["", "1,0,3", "1,-2", "a,b", "1.5", "1,,3"])("refuses %j", (text) => {
    expect(() => parseShape("--input-shape", text)).toThrow(
      `--input-shape is "${text}", expected sizes such as 1,224,224,3, with ? for a free one.`,
    );
  });
});

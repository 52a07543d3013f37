import { describe, expect, it } from "vitest";
import { createConfigReader, quoteJson } from "../../../src/sources/keras/config.ts";
import { refusal } from "./refusal.ts";

const reader = createConfigReader(
  {
    filters: 8,
    rate: 0.5,
    name: "conv",
    kernel_size: [3, 5],
    strides: 2,
    pool: [4],
    none: null,
    flag: true,
    bit: 0,
    inner: { units: 3 },
    cells: [{ units: 1 }, { units: 2 }],
    mixed: [{ units: 1 }, 2],
  },
  { layer: "conv", className: "Conv2D" },
);

describe("a config reader", () => {
  it("reads typed fields", () => {
    expect(reader.int("filters")).toBe(8);
    expect(reader.number("rate")).toBe(0.5);
    expect(reader.string("name")).toBe("conv");
    expect(reader.bool("flag")).toBe(true);
    expect(reader.bool("bit")).toBe(false);
    expect(reader.oneOf("name", ["conv", "dense"] as const)).toBe("conv");
    expect(reader.object("inner")?.int("units")).toBe(3);
    expect(reader.objects("cells").map((cell) => cell.int("units"))).toEqual([1, 2]);
    expect(reader.list("kernel_size")).toEqual([3, 5]);
    expect(reader.intList("kernel_size")).toEqual([3, 5]);
  });

  it("spreads one number over all axes", () => {
    expect(reader.ints("kernel_size", 2)).toEqual([3, 5]);
    expect(reader.ints("strides", 2)).toEqual([2, 2]);
    expect(reader.ints("pool", 3)).toEqual([4, 4, 4]);
  });

  it("takes null for absent", () => {
    expect(reader.has("none")).toBe(false);
    expect(reader.raw("none")).toBe(undefined);
    expect(reader.int("none", 7)).toBe(7);
    expect(reader.object("none")).toBe(undefined);
    expect(reader.objects("none")).toEqual([]);
  });

  it("does not take what every JavaScript object has for a field", () => {
    expect(reader.has("constructor")).toBe(false);
    expect(reader.raw("toString")).toBe(undefined);
  });

  it.each([
    [() => reader.int("units"), '"units" is missing, expected a whole number.'],
    [() => reader.int("rate"), '"rate" is 0.5, expected a whole number.'],
    [() => reader.number("name"), '"name" is "conv", expected a number.'],
    [() => reader.bool("name"), '"name" is "conv", expected true or false.'],
    [() => reader.string("filters"), '"filters" is 8, expected a text.'],
    [
      () => reader.oneOf("name", ["valid", "same", "causal"]),
      '"name" is "conv", expected "valid", "same" or "causal".',
    ],
    [
      () => reader.ints("kernel_size", 3),
      '"kernel_size" is [3,5], expected a whole number or a list of 3.',
    ],
    [() => reader.ints("kernel_size", 1), '"kernel_size" is [3,5], expected a whole number.'],
    [
      () => reader.intList("cells"),
      '"cells" is [{"units":1},{"units":2}], expected a list of whole numbers.',
    ],
    [() => reader.object("filters"), '"filters" is 8, expected an object.'],
    [() => reader.objects("mixed"), '"mixed" is [{"units":1},2], expected a list of objects.'],
    [() => reader.list("filters"), '"filters" is 8, expected a list.'],
  ])("says which field is wrong, and how (%#)", (run, text) => {
    expect(refusal(run)).toBe(`bad-config: Layer "conv" (Conv2D): ${text}`);
  });

  it("quotes long values in part", () => {
    expect(quoteJson(Array.from({ length: 40 }, () => 10))).toBe(
      "[10,10,10,10,10,10,10,10,10,10,10,10,10,10,10,10,10,10,10…",
    );
  });
});

import { describe, expect, it } from "vitest";
import { augmentationOf } from "../../src/cli/augmentation.ts";
import { type RawFlags, readFlags } from "../../src/cli/flag-reader.ts";

function parse(flags: RawFlags) {
  return augmentationOf(readFlags(flags));
}

describe("augmentationOf", () => {
  it("is none without options", () => {
    expect(parse({})).toBeUndefined();
  });

  it("takes what Keras takes, in Keras' words", () => {
    const flags = {
      rotationRange: "20",
      widthShiftRange: "0.2",
      heightShiftRange: "-4,4,8",
      shearRange: "1/2",
      zoomRange: "0.25",
      channelShiftRange: "10",
      brightnessRange: "0.5,1.5",
      horizontalFlip: true,
      fillMode: "reflect",
      cval: "7",
      generator: "keras-2.9",
    };
    expect(parse(flags)).toEqual({
      rotationRange: 20,
      widthShiftRange: 0.2,
      heightShiftRange: { oneOf: [-4, 4, 8] },
      shearRange: 0.5,
      zoomRange: [0.75, 1.25],
      channelShiftRange: 10,
      brightnessRange: [0.5, 1.5],
      horizontalFlip: true,
      verticalFlip: false,
      fillMode: "reflect",
      cval: 7,
      version: "keras-2.9",
    });
  });

  it("takes a whole number for whole pixels, and one with a point for any", () => {
    expect(parse({ widthShiftRange: "10" })?.widthShiftRange).toEqual({ whole: 10 });
    expect(parse({ widthShiftRange: "10.0" })?.widthShiftRange).toBe(10);
    expect(parse({ zoomRange: "0.5,1" })?.zoomRange).toEqual([0.5, 1]);
  });

  it.each([
    [{ fillMode: "wrap" }, "--fill-mode changes no picture by itself."],
    [{ widthShiftRange: "1" }, "--width-shift-range 1 is for whole pixels below 1: none."],
    [{ brightnessRange: "2" }, "--brightness-range is 2, expected two factors: 0.5,1.5"],
    [{ zoomRange: "2" }, "zoomRange is from -1 to 3, expected two factors"],
    [{ zoomRange: "1,2,3" }, '--zoom-range is "1,2,3", expected low,high.'],
    [{ rotationRange: "much" }, '--rotation-range is "much", expected a number'],
    [{ heightShiftRange: "1,,2" }, '--height-shift-range is "", expected a number'],
  ])("refuses %j", (flags, text) => {
    expect(() => parse(flags)).toThrow(text);
  });
});

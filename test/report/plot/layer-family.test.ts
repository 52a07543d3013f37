import { describe, expect, it } from "vitest";
import { FAMILY_COLOURS, PAGE_COLOURS } from "../../../src/report/plot/family-colours.ts";
import { familyOf } from "../../../src/report/plot/layer-family.ts";

describe("the family of a layer", () => {
  it.each([
    ["InputLayer", "port"],
    ["Conv2DTranspose", "conv"],
    ["ConvLSTM2D", "recurrent"],
    ["GlobalAveragePooling2D", "pool"],
    ["Average", "merge"],
    ["BatchNormalization", "norm"],
    ["LeakyReLU", "activation"],
    ["ZeroPadding2D", "shape"],
    ["SpatialDropout2D", "training"],
    ["innerProduct", "dense"],
    ["MultiHeadAttention", "attention"],
    ["Lambda", "other"],
  ])("of %s is %s", (className, family) => {
    expect(familyOf(className)).toBe(family);
  });
});

describe("colours", () => {
  it.each(Object.entries(FAMILY_COLOURS))("of %s let white text be read", (_, colour) => {
    expect(contrast(colour, "#ffffff")).toBeGreaterThan(4.5);
  });

  it.each(Object.entries(PAGE_COLOURS))("of %s pages let text be read", (_, colours) => {
    const { text, muted, box, page, frames, frameLine, line } = colours;
    for (const paper of [box, page, ...frames]) {
      expect(contrast(text, paper)).toBeGreaterThan(7);
      expect(contrast(muted, paper)).toBeGreaterThan(4.5);
      expect(contrast(line, paper)).toBeGreaterThan(3);
    }
    expect(contrast(frameLine, page)).toBeGreaterThan(3);
  });
});

/** @see https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

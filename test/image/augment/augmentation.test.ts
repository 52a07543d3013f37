import { describe, expect, it } from "vitest";
import {
  type AugmentationOptions,
  drawTransform,
  isIdentity,
  parseAugmentation,
} from "../../../src/image/augment/augmentation.ts";
import { IDENTITY, type TransformParameters } from "../../../src/image/augment/generator.ts";
import { randomAt } from "../../../src/random.ts";

const size = { width: 60, height: 40 };

function draws(options: AugmentationOptions): readonly TransformParameters[] {
  const augmentation = parseAugmentation(options);
  return Array.from({ length: 2000 }, (_, item) =>
    drawTransform(augmentation, size, randomAt(1, { purpose: "augmentation", item })),
  );
}

function range(values: readonly number[]): readonly number[] {
  return [Math.min(...values), Math.max(...values)];
}

function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values.map((value) => (value === 0 ? 0 : value)))].sort((a, b) => a - b);
}

describe("drawTransform", () => {
  it("changes nothing unless it is told to", () => {
    expect(draws({}).every((drawn) => JSON.stringify(drawn) === JSON.stringify(IDENTITY))).toBe(
      true,
    );
    expect(isIdentity(parseAugmentation({}))).toBe(true);
    expect(isIdentity(parseAugmentation({ horizontalFlip: true }))).toBe(false);
  });

  it("draws from the whole range to either side", () => {
    const [low = 0, high = 0] = range(draws({ rotationRange: 20 }).map(({ theta }) => theta));
    expect([Math.round(low), Math.round(high)]).toEqual([-20, 20]);
  });

  it("shifts rows by a part of the height and columns by a part of the width", () => {
    const drawn = draws({ widthShiftRange: 0.5, heightShiftRange: 0.1 });
    expect(range(drawn.map(({ tx }) => tx)).map(Math.round)).toEqual([-4, 4]);
    expect(range(drawn.map(({ ty }) => ty)).map(Math.round)).toEqual([-30, 30]);
  });

  it("takes a number from 1 on for pixels", () => {
    expect(range(draws({ widthShiftRange: 7 }).map(({ ty }) => ty)).map(Math.round)).toEqual([
      -7, 7,
    ]);
  });

  it("shifts by whole pixels below a whole number, as numpy chooses", () => {
    const drawn = draws({ widthShiftRange: { whole: 3 } }).map(({ ty }) => ty);
    expect(distinct(drawn)).toEqual([-2, -1, 0, 1, 2]);
  });

  it("shifts by one of a list, to either side, and by parts where all are below 1", () => {
    const drawn = draws({ widthShiftRange: { oneOf: [1, 5] }, heightShiftRange: { oneOf: [0.1] } });
    expect(distinct(drawn.map(({ ty }) => ty))).toEqual([-5, -1, 1, 5]);
    expect(distinct(drawn.map(({ tx }) => tx))).toEqual([-4, 4]);
  });

  it("zooms rows and columns independently", () => {
    const drawn = draws({ zoomRange: 0.2 });
    expect(range(drawn.map(({ zx }) => zx))[0]).toBeCloseTo(0.8, 2);
    expect(range(drawn.map(({ zy }) => zy))[1]).toBeCloseTo(1.2, 2);
    expect(drawn.filter(({ zx, zy }) => zx > 1 !== zy > 1).length).toBeGreaterThan(800);
  });

  it("flips every second picture", () => {
    const flips = draws({ horizontalFlip: true }).filter(({ flipHorizontal }) => flipHorizontal);
    expect(Math.abs(flips.length - 1000)).toBeLessThan(100);
  });

  it("leaves the other changes as they were when one is turned on", () => {
    const alone = draws({ brightnessRange: [0.5, 2] });
    const both = draws({ brightnessRange: [0.5, 2], rotationRange: 10, horizontalFlip: true });
    expect(both.map(({ brightness }) => brightness)).toEqual(
      alone.map(({ brightness }) => brightness),
    );
  });
});

describe("parseAugmentation", () => {
  it.each([
    [{ rotationRange: Number.NaN }, "rotationRange is NaN, expected finite numbers."],
    [
      { zoomRange: 1.5 },
      "zoomRange is from -0.5 to 2.5, expected two factors, the smaller one first.",
    ],
    [{ brightnessRange: [2, 1] }, "brightnessRange is from 2 to 1, expected two factors"],
    [
      { widthShiftRange: { whole: 1.5 } },
      "widthShiftRange is 1.5 pixels, expected a whole number.",
    ],
    [{ widthShiftRange: { oneOf: [] } }, "widthShiftRange is , expected finite numbers."],
  ] as const)("refuses %j", (options, text) => {
    expect(() => parseAugmentation(options)).toThrow(text);
  });

  it("refuses names that it does not know, and whitening by its name", () => {
    const given: Record<string, boolean> = { zcaWhitening: true };
    expect(() => parseAugmentation(given)).toThrow("zcaWhitening: pictures are not whitened here.");
    const typo: Record<string, number> = { rotation: 3 };
    expect(() => parseAugmentation(typo)).toThrow('"rotation" is no option of augmentation.');
  });
});

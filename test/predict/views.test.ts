import { describe, expect, it } from "vitest";
import { PRESETS } from "../../src/image/preprocessing.ts";
import type { PictureInput } from "../../src/predict/classifier.ts";
import { copyView, parseViewPlan } from "../../src/predict/views.ts";

const input: PictureInput = {
  name: "x",
  width: 2,
  height: 1,
  channels: 3,
  layout: "channels-last",
  preprocessing: PRESETS.none,
};

/** Pictures of 3 × 2 pixels whose numbers tell row, column and channel. */
const PICTURES = {
  "channels-last": [0, 1, 2, 10, 11, 12, 20, 21, 22, 100, 101, 102, 110, 111, 112, 120, 121, 122],
  "channels-first": [0, 10, 20, 100, 110, 120, 1, 11, 21, 101, 111, 121, 2, 12, 22, 102, 112, 122],
};

function viewed(layout: PictureInput["layout"], mirrored: boolean): readonly number[] {
  const target = new Float32Array(6);
  const picture = Float32Array.from(PICTURES[layout]);
  const view = { left: 1, top: 1, mirrored };
  copyView(picture, { width: 3, height: 2 }, view, { ...input, layout }, target, 0);
  return [...target];
}

describe("a view", () => {
  it("is a window of the picture", () => {
    expect(viewed("channels-last", false)).toEqual([110, 111, 112, 120, 121, 122]);
  });

  it("may be mirrored, colours in their order", () => {
    expect(viewed("channels-last", true)).toEqual([120, 121, 122, 110, 111, 112]);
  });

  it("keeps channels first where they are", () => {
    expect(viewed("channels-first", true)).toEqual([120, 110, 121, 111, 122, 112]);
  });
});

describe("the plan of views", () => {
  const random = () => 0.999;

  it("of five crops takes the corners and the middle of a larger picture", () => {
    const plan = parseViewPlan("five-crop", random);
    expect(plan.loadSize({ width: 224, height: 224 })).toEqual({ width: 256, height: 256 });
    expect(plan.views({ width: 224, height: 224 }).map(({ left, top }) => [left, top])).toEqual([
      [0, 0],
      [32, 0],
      [0, 32],
      [32, 32],
      [16, 16],
    ]);
  });

  it("of ten crops has the same five mirrored", () => {
    const views = parseViewPlan("ten-crop", random).views({ width: 224, height: 224 });
    expect(views.filter(({ mirrored }) => mirrored)).toHaveLength(5);
    expect(views).toHaveLength(10);
  });

  it("of a number stays within the picture", () => {
    const plan = parseViewPlan("7", random);
    const views = plan.views({ width: 21, height: 14 });
    expect(views).toHaveLength(7);
    expect(views.every(({ left, top }) => left === 3 && top === 2)).toBe(true);
  });

  it.each(["", "1", "2.5", "101", "mirror"])("is not %o", (text) => {
    expect(() => parseViewPlan(text, random)).toThrow(
      `--tta is "${text}", expected flip, five-crop, ten-crop or a number from 2 to 100.`,
    );
  });
});

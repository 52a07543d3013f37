import { describe, expect, it } from "vitest";
import { lossWayOf, USUAL_SETTINGS } from "../../src/train/loss-way.ts";
import { axesBack, axesLast, reducedAxes } from "../../src/train/reduced-axes.ts";

const values = Float32Array.from({ length: 12 }, (_, index) => index);
const shape = [2, 3, 2];

describe("axes of a loss", () => {
  it("are moved behind the others, and back", () => {
    const rows = axesLast(values, shape, [1]);
    expect([...rows]).toEqual([0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]);
    expect(axesBack(rows, shape, [1])).toEqual(values);
  });

  it("stay where they are the last ones", () => {
    expect(axesLast(values, shape, [1, 2])).toBe(values);
  });

  it("are the last, of areas all, unless the loss says which", () => {
    const of = (name: string, axes?: readonly number[]): readonly number[] => {
      const settings = { ...USUAL_SETTINGS, ...(axes === undefined ? {} : { axes }) };
      return reducedAxes(lossWayOf(name, settings, { version: "3.0.0", last: undefined }), shape);
    };
    expect(of("mse")).toEqual([2]);
    expect(of("dice")).toEqual([0, 1, 2]);
    expect(of("dice", [-1, 1])).toEqual([1, 2]);
    expect(() => of("dice", [3])).toThrow(
      'The loss "dice" goes along axis 3 of an output of (2, 3, 2).',
    );
  });
});

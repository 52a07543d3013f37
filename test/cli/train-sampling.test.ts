import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type RawFlags, readFlags } from "../../src/cli/flag-reader.ts";
import { samplingOf } from "../../src/cli/train-sampling.ts";
import type { PictureSet } from "../../src/io/pictures/picture-set.ts";
import { temporaryFolder } from "../temporary.ts";

const LABELS = [0, 0, 0, 0, 1, 2, 2];

const SET: PictureSet = {
  files: LABELS.map((label, index) => ({ path: `${index}`, name: `${index}`, label })),
  classes: ["apple", "pear", "plum"],
  emptyClasses: [],
  faults: [],
  ignored: [],
};

function sampling(flags: RawFlags) {
  return samplingOf(SET, readFlags(flags));
}

describe("samplingOf", () => {
  it("shows every picture once, each counting as much, unless it is told otherwise", () => {
    const { order, said, classWeights } = sampling({});
    expect([order.samples, said, classWeights]).toEqual([7, [], undefined]);
  });

  it("weighs classes by their frequency, and says so", () => {
    const { classWeights, said } = sampling({ classWeight: "balanced" });
    expect(classWeights).toEqual([7 / 12, 7 / 3, 7 / 6]);
    expect(said).toEqual(["class weights: apple 0.5833, pear 2.333, plum 1.167"]);
  });

  it("weighs classes as a file says", () => {
    const file = join(temporaryFolder(), "weights.csv");
    writeFileSync(file, "\uFEFFpear,4\r\n2,0\r\n");
    expect(sampling({ classWeight: file }).classWeights).toEqual([1, 4, 0]);
  });

  it("weighs classes as the option itself says", () => {
    expect(sampling({ classWeight: ' {"pear": 4, "2": 0}' }).classWeights).toEqual([1, 4, 0]);
    expect(() => sampling({ classWeight: '{"nut": 1}' })).toThrow(
      '--class-weight: there is no class "nut".',
    );
  });

  it("samples classes equally often, and says how often", () => {
    expect(sampling({ oversample: true }).said).toEqual([
      "oversampled to 4 of each class, 12 an epoch; there are: apple 4, pear 1, plum 2",
    ]);
    const { order, said } = sampling({ undersample: true });
    expect(order.samples).toBe(3);
    expect(said[0]).toContain("undersampled to 1 of each class, 3 an epoch;");
  });

  it("refuses what contradicts itself, and weights that leave nothing", () => {
    expect(() => sampling({ oversample: true, undersample: true })).toThrow(
      "--oversample and --undersample exclude each other.",
    );
    expect(() => sampling({ oversample: true, classWeight: "balanced" })).toThrow(
      "--class-weight balanced and --oversample do the same.",
    );
    const file = join(temporaryFolder(), "none.json");
    writeFileSync(file, "[0, 0, 0]");
    expect(() => sampling({ classWeight: file })).toThrow("all classes have the weight 0");
    expect(() => sampling({ classWeight: "gone.json" })).toThrow(
      "gone.json cannot be opened: it does not exist.",
    );
  });
});

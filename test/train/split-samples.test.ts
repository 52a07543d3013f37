import { expect, it } from "vitest";
import { splitSamples } from "../../src/train/split-samples.ts";

const LABELS = Array.from({ length: 100 }, (_, sample) => (sample < 70 ? 0 : sample < 99 ? 1 : 2));

it("takes the part of each class, and none of a class of one", () => {
  const { train, validation } = splitSamples(LABELS, 0.2, 1);
  const counts = [0, 1, 2].map((label) => validation.filter((one) => LABELS[one] === label).length);
  expect(counts).toEqual([14, 6, 0]);
  expect([...train, ...validation].sort((a, b) => a - b)).toEqual(LABELS.map((_, i) => i));
});

it("takes the same ones for the same seed, and others for another", () => {
  expect(splitSamples(LABELS, 0.2, 7)).toEqual(splitSamples(LABELS, 0.2, 7));
  expect(splitSamples(LABELS, 0.2, 8)).not.toEqual(splitSamples(LABELS, 0.2, 7));
});

it("leaves each class something to train with", () => {
  expect(splitSamples([0, 0, 1, 1], 0.9, 1).train).toHaveLength(2);
});

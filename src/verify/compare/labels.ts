import type { Model } from "../../formats/coreml/types.gen.ts";
import { labelsOf } from "../labels.ts";

/** What is wrong with the labels of a classifier, in words; undefined when they are as expected, in order. */
export function labelFault(
  model: Model,
  expected: readonly (string | number)[],
): string | undefined {
  const labels = labelsOf(model);
  if (labels === undefined) return "The Core ML model is no classifier, so it has no labels.";
  if (labels.length !== expected.length) {
    return `The Core ML model has ${labels.length} labels, expected ${expected.length}.`;
  }
  const at = expected.findIndex((label, index) => String(labels[index]) !== String(label));
  if (at < 0) return undefined;
  const [got, wanted] = [JSON.stringify(labels[at]), JSON.stringify(expected[at])];
  return `Label ${at} of the Core ML model is ${got}, expected ${wanted}.`;
}

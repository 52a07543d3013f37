import { labelsIn } from "../formats/coreml/program-value.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import { pipelineOf } from "./pipeline.ts";
import { openProgram } from "./program/open.ts";

/** The labels of a classifier in the order of its scores; undefined for other models. Throws what opening it throws. */
export function labelsOf(model: Model): readonly (string | number)[] | undefined {
  const { neuralNetworkClassifier: classifier, mlProgram } = model;
  if (classifier !== undefined) {
    return classifier.stringClassLabels?.vector ?? classifier.int64ClassLabels?.vector ?? [];
  }
  if (mlProgram !== undefined) return labelsOfProgram(model);
  const members = pipelineOf(model)?.models ?? [];
  return members.map(labelsOf).find((labels) => labels !== undefined);
}

function labelsOfProgram(model: Model): readonly (string | number)[] | undefined {
  const { steps } = openProgram(model);
  const classify = steps.find(({ operation }) => operation.type === "classify")?.operation;
  const [binding] = classify?.inputs?.get("classes")?.arguments ?? [];
  const constant = steps.find(({ makes }) => makes.includes(binding?.name ?? ""));
  const value = binding?.value ?? constant?.operation.attributes?.get("val");
  return value && labelsIn(value);
}

import { labelsIn } from "../formats/coreml/program-value.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import type { CoreMLFacts } from "../report/coreml-inspection.ts";
import { operationsOf } from "./coreml-operations.ts";

/** Labels of a classifier of any kind, where it has some. */
export function labelFacts(model: Model): CoreMLFacts["labels"] {
  const labels = labelsOf(model) ?? programLabels(model);
  if (labels === undefined) return undefined;
  const type = typeof labels[0] === "number" ? "number" : "text";
  return { count: labels.length, type, first: labels.slice(0, SHOWN) };
}

const SHOWN = 8;

type Labels = readonly (string | number)[];

function labelsOf(model: Model): Labels | undefined {
  const holder =
    model.neuralNetworkClassifier ??
    model.glmClassifier ??
    model.supportVectorClassifier ??
    model.treeEnsembleClassifier ??
    model.kNearestNeighborsClassifier ??
    model.nonMaximumSuppression;
  return holder?.stringClassLabels?.vector ?? holder?.int64ClassLabels?.vector;
}

function programLabels(model: Model): Labels | undefined {
  const constants = new Map<string, Labels>();
  for (const { type, message } of operationsOf(model)) {
    const value = message.attributes?.get("val");
    const labels = type === "const" && value !== undefined ? labelsIn(value) : undefined;
    if (labels !== undefined) constants.set(message.outputs?.[0]?.name ?? "", labels);
    if (type !== "classify") continue;
    const [binding] = message.inputs?.get("classes")?.arguments ?? [];
    if (binding?.value !== undefined) return labelsIn(binding.value);
    return constants.get(binding?.name ?? "");
  }
  return undefined;
}

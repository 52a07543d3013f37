import { operationsOf } from "./operations.ts";
import { labelsIn } from "./program-value.ts";
import type { Model } from "./types.gen.ts";

/** The labels of a classifier of any kind, in their order; undefined where there are none. */
export function classLabelsOf(model: Model): Labels | undefined {
  return statedLabels(model) ?? programLabels(model);
}

type Labels = readonly (string | number)[];

function statedLabels(model: Model): Labels | undefined {
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

import { classLabelsOf } from "../formats/coreml/class-labels.ts";
import { operationsOf } from "../formats/coreml/operations.ts";
import { constantShape } from "../formats/coreml/program-value.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import type { Graph } from "../ir/graph.ts";
import { sizeOf } from "../ir/tensor.ts";
import type { Findings } from "./finding.ts";

/** Judges the labels of a classifier: one for each score, no two alike. */
export function scanLabels(model: Model, graph: Graph | undefined, findings: Findings): void {
  const labels = classLabelsOf(model);
  if (labels === undefined) return;
  const at = { path: "labels" };
  const scores = graph === undefined ? programScores(model) : networkScores(model, graph);
  if (scores !== undefined && scores !== labels.length) {
    findings.add("coreml/label-count", at, `It has ${labels.length} labels for ${scores} scores.`);
  }
  const seen = new Set<string | number>();
  for (const label of labels) {
    if (seen.has(label)) {
      findings.add(
        "coreml/duplicate-label",
        at,
        `Two classes are called ${JSON.stringify(label)}.`,
      );
    }
    seen.add(label);
  }
}

/** Of the one output that holds scores. */
function networkScores({ description }: Model, graph: Graph): number | undefined {
  const wanted = description?.predictedProbabilitiesName ?? "";
  const port = graph.outputs.find(({ name }) => name === wanted) ?? graph.outputs[0];
  const shape = port === undefined ? undefined : graph.types.get(port.value)?.shape.slice(1);
  const sizes = shape?.filter((size) => size !== null);
  return shape === undefined || sizes?.length !== shape.length ? undefined : sizeOf(sizes);
}

function programScores(model: Model): number | undefined {
  const sizes = new Map<string, number>();
  let scores: number | undefined;
  for (const { type, message } of operationsOf(model)) {
    for (const output of message.outputs ?? []) {
      const shape = constantShape(output.type?.tensorType ?? {});
      if (shape !== undefined && shape.length > 0) sizes.set(output.name ?? "", sizeOf(shape));
    }
    if (type !== "classify") continue;
    const [binding] = message.inputs?.get("probabilities")?.arguments ?? [];
    scores = sizes.get(binding?.name ?? "");
  }
  return scores;
}

import { fail } from "../../errors.ts";
import type { NeuralNetworkClassifier } from "../../formats/coreml/types.gen.ts";
import type { Graph } from "../../ir/graph.ts";
import { formatShape } from "../../ir/tensor.ts";
import type { FeatureNames } from "./feature-names.ts";
import type { Settings } from "./options.ts";

/** What makes a network a classifier. */
export interface Classifier {
  /** Index of the graph output with the scores. */
  readonly output: number;
  /** Name of the output with the probabilities. */
  readonly probabilities: string;
  readonly predictedFeature: string;
  readonly labels: readonly string[] | readonly number[];
  /** Whether the scores are made of a single probability p: `[1 - p, p]`. */
  readonly binary: boolean;
}

/** Checks the labels against the scores, before any work. Throws `bad-option`. */
export function planClassifier(
  graph: Graph,
  settings: Settings,
  names: FeatureNames,
): Classifier | undefined {
  const labels = settings.binaryLabels ?? settings.classLabels;
  if (labels === undefined) {
    if (settings.predictedProbabilitiesOutput === undefined) return undefined;
    return fail("bad-option", "predictedProbabilitiesOutput is given, but no class labels.", {
      hint: "Only a classifier has probabilities: give classLabels.",
    });
  }
  const output = Math.max(0, names.outputs.indexOf(settings.predictedProbabilitiesOutput ?? ""));
  const probabilities = names.outputs[output] ?? "";
  const binary = settings.binaryLabels !== undefined;
  checkScores(graph, output, labels, binary);
  return { output, probabilities, predictedFeature: settings.predictedFeatureName, labels, binary };
}

/** The fields of a `neuralNetworkClassifier` beyond those of any network. */
export function classifierFields(
  classifier: Classifier,
): Pick<
  NeuralNetworkClassifier,
  "stringClassLabels" | "int64ClassLabels" | "labelProbabilityLayerName"
> {
  const labelProbabilityLayerName = classifier.probabilities;
  const texts = classifier.labels.filter((label) => typeof label === "string");
  if (texts.length > 0) return { stringClassLabels: { vector: texts }, labelProbabilityLayerName };
  const numbers = classifier.labels.filter((label) => typeof label === "number");
  return { int64ClassLabels: { vector: numbers }, labelProbabilityLayerName };
}

function checkScores(
  graph: Graph,
  output: number,
  labels: readonly (string | number)[],
  binary: boolean,
): void {
  const name = graph.outputs[output]?.name;
  const count = countScores(graph, output);
  if (binary) {
    if (count === 1) return;
    const text = `binaryLabels need an output of one number, but "${name}" has ${count} scores.`;
    fail("bad-option", text, { hint: "Give one label for each score: classLabels." });
  }
  if (count === 1 && labels.length !== 1) {
    const hint =
      "A yes-or-no model takes --binary-labels no,yes, which makes the two scores [1 - p, p].";
    const text = `The output "${name}" is a single number, so ${labels.length} class labels do not fit it.`;
    fail("bad-option", text, { hint });
  }
  if (labels.length !== count) {
    const hint = "Give exactly one label for each score, in the order of the scores.";
    const text = `There are ${labels.length} class labels, but the output "${name}" has ${count} scores.`;
    fail("bad-option", text, { hint });
  }
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice === undefined) return;
  fail("bad-option", `The class label ${JSON.stringify(twice)} occurs twice.`);
}

/** Number of scores of an output: all axes but the batch and one are 1. */
function countScores(graph: Graph, output: number): number {
  const port = graph.outputs[output];
  const shape = graph.types.get(port?.value ?? "")?.shape ?? [];
  const scores = shape.slice(1).filter((dim) => dim !== 1);
  const count = scores.length === 0 ? 1 : scores[0];
  if (scores.length < 2 && typeof count === "number") return count;
  return fail(
    "bad-option",
    `The output "${port?.name}" has shape ${formatShape(shape)}, but a classifier needs one score for each class.`,
  );
}

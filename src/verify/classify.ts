import { fail } from "../errors.ts";
import type { Model, NeuralNetworkClassifier } from "../formats/coreml/types.gen.ts";
import type { ModelOutput } from "./interpreter.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The label with the highest score, and all scores by label.
 *
 * @see NeuralNetwork.proto NeuralNetworkClassifier, Model.proto ModelDescription
 */
export function classify(
  model: Model,
  classifier: NeuralNetworkClassifier,
  blobs: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, ModelOutput> {
  const labels = labelsOf(classifier);
  const scores = scoresOf(classifier, blobs);
  if (labels.length !== scores.length) {
    fail("bad-config", `The classifier has ${labels.length} labels for ${scores.length} scores.`);
  }
  const {
    predictedFeatureName = "",
    predictedProbabilitiesName = "",
    output = [],
  } = model.description ?? {};
  if (predictedFeatureName === "") {
    fail("bad-config", "The classifier does not name the output that holds the label.");
  }
  const best = scores.reduce((at, score, index) => (score > (scores[at] ?? 0) ? index : at), 0);
  const results = new Map<string, ModelOutput>();
  for (const { name = "" } of output) {
    const blob = blobs.get(name);
    const label = labels[best];
    if (name === predictedProbabilitiesName) {
      results.set(name, new Map(labels.map((one, index) => [one, scores[index] ?? 0])));
    } else if (name === predictedFeatureName && label !== undefined) {
      results.set(name, label);
    } else if (blob !== undefined) {
      results.set(name, blob);
    } else {
      fail("bad-config", `No layer makes the output "${name}".`);
    }
  }
  return results;
}

function labelsOf(classifier: NeuralNetworkClassifier): readonly (string | number)[] {
  const labels: readonly (string | number)[] =
    classifier.stringClassLabels?.vector ?? classifier.int64ClassLabels?.vector ?? [];
  if (new Set(labels).size !== labels.length) {
    fail("bad-config", "The classifier has a label twice.");
  }
  return labels;
}

/** The named blob, or the first output of the last layer. */
function scoresOf(
  { labelProbabilityLayerName = "", layers = [] }: NeuralNetworkClassifier,
  blobs: ReadonlyMap<string, Tensor>,
): Float32Array {
  const name = labelProbabilityLayerName || (layers.at(-1)?.output?.[0] ?? "");
  const blob = blobs.get(name);
  return blob === undefined
    ? fail("bad-config", `No layer makes the scores "${name}" of the classifier.`)
    : blob.data;
}

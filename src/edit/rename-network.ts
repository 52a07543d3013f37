import { inMessage, inText, type Rule } from "../formats/coreml/rewrite.ts";
import type { NeuralNetwork } from "../formats/coreml/types.gen.ts";
import type { Renaming } from "./names.ts";

/** Every blob of a network: of its layers, also those in branches and loops, and of its losses. */
export function blobsOf(network: NeuralNetwork): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = ({ layers = [], updateParams }: NeuralNetwork): void => {
    for (const { input = [], output = [], branch, loop } of layers) {
      for (const name of [...input, ...output]) names.add(name);
      const inner = [
        branch?.ifBranch,
        branch?.elseBranch,
        loop?.conditionNetwork,
        loop?.bodyNetwork,
      ];
      for (const network of inner) if (network !== undefined) visit(network);
      if (loop?.conditionVar !== undefined) names.add(loop.conditionVar);
    }
    for (const loss of updateParams?.lossLayers ?? []) {
      const { categoricalCrossEntropyLossLayer, meanSquaredErrorLossLayer } = loss;
      const { input, target } = categoricalCrossEntropyLossLayer ?? meanSquaredErrorLossLayer ?? {};
      for (const name of [input, target]) if (name !== undefined) names.add(name);
    }
  };
  visit(network);
  return names;
}

/**
 * Gives blobs other names, wherever a network of some message type speaks of them: layers, branches, loops,
 * preprocessing, the scores of a classifier, losses and their targets.
 *
 * @see NeuralNetwork.proto NeuralNetworkLayer, NeuralNetworkPreprocessing, LoopLayerParams, LossLayer
 */
export function renameBlobs(type: string, renaming: Renaming): Rule {
  const name = inText(renaming);
  const network: Rule = (content) => inner(content);
  const branch = inMessage("BranchLayerParams", { ifBranch: network, elseBranch: network });
  const loop = inMessage("LoopLayerParams", {
    conditionVar: name,
    conditionNetwork: network,
    bodyNetwork: network,
  });
  const layers = inMessage("NeuralNetworkLayer", { input: name, output: name, branch, loop });
  const loss = { input: name, target: name };
  const edits = {
    layers,
    preprocessing: inMessage("NeuralNetworkPreprocessing", { featureName: name }),
    updateParams: inMessage("NetworkUpdateParameters", {
      lossLayers: inMessage("LossLayer", {
        categoricalCrossEntropyLossLayer: inMessage("CategoricalCrossEntropyLossLayer", loss),
        meanSquaredErrorLossLayer: inMessage("MeanSquaredErrorLossLayer", loss),
      }),
    }),
  };
  const inner = inMessage("NeuralNetwork", edits);
  if (type !== "NeuralNetworkClassifier") return inMessage(type, edits);
  return inMessage(type, { ...edits, labelProbabilityLayerName: name });
}

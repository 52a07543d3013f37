import { fail } from "../errors.ts";
import { layerKindOf, networkOf } from "../formats/coreml/network.ts";
import type {
  FeatureDescription,
  Model,
  NeuralNetwork,
  NeuralNetworkClassifier,
  NeuralNetworkLayer,
  NeuralNetworkLayerLayer,
} from "../formats/coreml/types.gen.ts";
import { layerVersions } from "../formats/coreml/types.gen.ts";
import type { LayerRun } from "./call.ts";
import { layerRuns } from "./layers/index.ts";

/** A neural network, checked and ready to run. */
export interface Network {
  readonly inputs: readonly FeatureDescription[];
  readonly outputs: readonly FeatureDescription[];
  readonly layers: readonly NetworkLayer[];
  readonly message: NeuralNetwork;
  readonly classifier: NeuralNetworkClassifier | undefined;
  /** The output that holds the label of a classifier. */
  readonly labelOutput: string | undefined;
}

/** A layer with the code that runs it. */
export interface NetworkLayer {
  readonly message: NeuralNetworkLayer;
  readonly kind: NeuralNetworkLayerLayer;
  readonly run: LayerRun;
}

/**
 * Finds the network of a model and checks what Apple's offline validator checks of its structure,
 * and the specification version, which that one does not look at.
 *
 * Throws `unsupported` for other kinds of models and for layers that are not computed here,
 * `bad-config` for a network that is not sound.
 */
export function openNetwork(model: Model): Network {
  const { neuralNetworkClassifier } = model;
  const message = networkOf(model);
  if (message === undefined) {
    return fail(
      "unsupported",
      "Only neural networks, ML Programs and pipelines of them can be run; this model is of another kind.",
    );
  }
  const network: Network = {
    inputs: model.description?.input ?? [],
    outputs: model.description?.output ?? [],
    layers: (message.layers ?? []).map(openLayer),
    message,
    classifier: neuralNetworkClassifier,
    labelOutput: neuralNetworkClassifier && (model.description?.predictedFeatureName ?? ""),
  };
  checkVersions(network, model.specificationVersion ?? 0);
  checkMapping(network);
  checkBlobs(network);
  return network;
}

/** Whether a layer, or a mapping, is newer than specification 3: then blobs may have any rank. */
function isAnyRank({ layers, message }: Network): boolean {
  return (
    layers.some(({ kind }) => layerVersions[kind] > 3) ||
    message.arrayInputShapeMapping === "EXACT_ARRAY_MAPPING" ||
    message.imageInputShapeMapping === "RANK4_IMAGE_MAPPING"
  );
}

function openLayer(message: NeuralNetworkLayer): NetworkLayer {
  const kind = layerKindOf(message);
  const at = { layer: message.name ?? "", ...(kind === undefined ? {} : { className: kind }) };
  if (kind === undefined) return fail("bad-config", "The layer is of no kind.", { at });
  const run = layerRuns[kind];
  if (typeof run === "function") return { message, kind, run };
  return fail("unsupported", `This kind of layer is not computed here: ${run.unsupported}.`, {
    at,
  });
}

function checkVersions({ layers }: Network, version: number): void {
  for (const { kind, message } of layers) {
    const needed = layerVersions[kind];
    if (needed <= version) continue;
    fail("bad-config", `Needs specification version ${needed}, but the model states ${version}.`, {
      at: { layer: message.name ?? "", className: kind },
    });
  }
}

function checkMapping(network: Network): void {
  const { message, inputs } = network;
  const exact = message.arrayInputShapeMapping === "EXACT_ARRAY_MAPPING";
  const hasArrays = inputs.some(({ type }) => type?.multiArrayType !== undefined);
  if (hasArrays && isAnyRank(network) && !exact) {
    fail(
      "bad-config",
      "The model has array inputs and layers newer than specification 3, but does not map arrays exactly.",
    );
  }
  for (const { name, type } of inputs) {
    const rank = type?.multiArrayType?.shape?.length ?? 0;
    if (type?.multiArrayType === undefined || exact || rank === 1 || rank === 3) continue;
    fail(
      "bad-config",
      `Input "${name}" declares ${rank} axes, but the classic mapping takes 1 or 3.`,
    );
  }
}

/** A blob exists before it is read and is made only once; every declared output is made. */
function checkBlobs({ inputs, outputs, layers, classifier }: Network): void {
  const made = new Set(inputs.map(({ name }) => name ?? ""));
  for (const { message, kind } of layers) {
    const at = { layer: message.name ?? "", className: kind };
    for (const name of message.input ?? []) {
      if (!made.has(name)) fail("bad-config", `Reads "${name}" before it is made.`, { at });
    }
    for (const name of message.output ?? []) {
      if (made.has(name)) fail("bad-config", `Makes "${name}" a second time.`, { at });
      made.add(name);
    }
  }
  if (classifier !== undefined) return;
  for (const { name } of outputs) {
    if (!made.has(name ?? "")) fail("bad-config", `No layer makes the output "${name}".`);
  }
}

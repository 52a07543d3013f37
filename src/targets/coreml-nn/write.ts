import type { Diagnostic } from "../../errors.ts";
import { fail } from "../../errors.ts";
import { type EncodedModel, encodeModel } from "../../formats/coreml/encode.ts";
import type {
  Model,
  ModelDescription,
  NeuralNetwork,
  NeuralNetworkPreprocessing,
} from "../../formats/coreml/types.gen.ts";
import type { Graph } from "../../ir/graph.ts";
import { dropInferenceNoops } from "../../passes/drop-inference-noops.ts";
import { type Classifier, classifierFields, planClassifier } from "./classifier.ts";
import { describe } from "./description.ts";
import { type FeatureNames, featureNames } from "./feature-names.ts";
import type { InputFeature } from "./inputs.ts";
import { type EmittedNetwork, emitNetwork } from "./network.ts";
import { type CoreMLOptions, parseOptions, type Settings } from "./options.ts";
import { describeOutput } from "./outputs.ts";
import { warnUnusedBiases } from "./picture.ts";
import { warnClipped } from "./recurrent-clip.ts";
import { versionOfLayer } from "./spec-version.ts";
import { type CoreMLSummary, summarise } from "./summary.ts";
import {
  planUpdate,
  reachableNodes,
  trainableNodes,
  type UpdatePlan,
  warnFixed,
} from "./updatable.ts";

/** A Core ML model, ready to be written. */
export interface CoreMLResult {
  /** The bytes of the `.mlmodel` file; weights are read while they are written. */
  readonly file: EncodedModel;
  readonly model: Model;
  readonly warnings: readonly Diagnostic[];
  readonly summary: CoreMLSummary;
}

/**
 * Writes a graph as a Core ML neural network of the lowest specification version that holds it. Throws `bad-option` for options
 * that do not fit, `unsupported` with every layer that cannot be expressed.
 */
export function writeCoreML(graph: Graph, options: CoreMLOptions = {}): CoreMLResult {
  const settings = parseOptions(options);
  const names = featureNames(graph, settings);
  const classifier = planClassifier(graph, settings, names);
  const lean = dropInferenceNoops(graph);
  const plan = { graph: lean, settings, names, classifier };
  const { network, update, warnings } = settings.respectTrainable
    ? emitUpdatable(plan)
    : {
        network: emitNetwork({ ...plan, trainable: new Set<string>() }),
        update: undefined,
        warnings: [],
      };
  const model = buildModel(plan, network, update);
  const file = encodeModel(model);
  const pictures = network.inputs.flatMap(({ picture }) => picture ?? []);
  return {
    file,
    model,
    warnings: [...warnings, ...warnUnusedBiases(pictures, settings), ...warnClipped(lean)],
    summary: summarise(graph, network, model),
  };
}

interface Plan {
  readonly graph: Graph;
  readonly settings: Settings;
  readonly names: FeatureNames;
  readonly classifier: Classifier | undefined;
}

interface Emitted {
  readonly network: EmittedNetwork;
  readonly update: UpdatePlan | undefined;
  readonly warnings: readonly Diagnostic[];
}

/** All candidates first; then again with those that the loss reaches. */
function emitUpdatable(plan: Plan): Emitted {
  const { graph, names, classifier, settings } = plan;
  const candidates = trainableNodes(graph);
  const first = emitNetwork({ ...plan, trainable: candidates });
  const outputName = names.outputs[0] ?? "";
  const lossBlob = lossBlobOf(first, outputName);
  const [output] = first.outputs.map((feature) =>
    describeOutput(feature, first.emission.arrays, settings),
  );
  const update = planUpdate(graph, outputName, lossBlob, output, classifier);
  checkSoftmax(first, update, lossBlob);
  const reached = reachableNodes(first.emission, candidates, update);
  if (reached.size === 0) {
    fail("unsupported", "No layer of the model can be trained on the device.", {
      hint: "Core ML trains Dense and Conv2D layers near the loss; check which layers are trainable.",
    });
  }
  const network =
    reached.size === candidates.size ? first : emitNetwork({ ...plan, trainable: reached });
  return { network, update, warnings: warnFixed(graph, candidates, reached) };
}

/** The blob that the loss reads: the output before it loses its unused axes. */
function lossBlobOf({ emission }: EmittedNetwork, outputName: string): string {
  const last = emission.layers.find((layer) => layer.output?.includes(outputName));
  return last?.squeeze === undefined ? outputName : (last.input?.[0] ?? outputName);
}

function checkSoftmax(
  { emission }: EmittedNetwork,
  { updateParams }: UpdatePlan,
  blob: string,
): void {
  if (updateParams.lossLayers?.[0]?.categoricalCrossEntropyLossLayer === undefined) return;
  const maker = emission.layers.find((layer) => layer.output?.includes(blob));
  if (maker?.softmax !== undefined) return;
  fail(
    "unsupported",
    "The cross entropy of Core ML reads a softmax, but the model's output is none.",
  );
}

function buildModel(plan: Plan, network: EmittedNetwork, update: UpdatePlan | undefined): Model {
  const { classifier } = plan;
  const { emission } = network;
  const description = describe(plan, network, update);
  const body: NeuralNetwork = {
    layers: emission.layers,
    preprocessing: preprocessingOf(network.inputs),
    ...(emission.arrays === "exact" && network.inputs.some((input) => input.picture === undefined)
      ? { arrayInputShapeMapping: "EXACT_ARRAY_MAPPING" }
      : {}),
    ...(update === undefined ? {} : { updateParams: update.updateParams }),
  };
  const head = {
    specificationVersion: versionOf(network, description, update),
    description,
    ...(update === undefined ? {} : { isUpdatable: true }),
  };
  if (classifier === undefined) return { ...head, neuralNetwork: body };
  return { ...head, neuralNetworkClassifier: { ...body, ...classifierFields(classifier) } };
}

function preprocessingOf(inputs: readonly InputFeature[]): readonly NeuralNetworkPreprocessing[] {
  return inputs.flatMap(({ name, picture }) =>
    picture?.scaler === undefined ? [] : [{ featureName: name, scaler: picture.scaler }],
  );
}

/** The lowest version that holds everything used. */
function versionOf(
  { emission }: EmittedNetwork,
  description: ModelDescription,
  update: UpdatePlan | undefined,
): number {
  const flexible = (description.input ?? []).some(
    ({ type }) =>
      type?.multiArrayType?.shapeRange !== undefined ||
      type?.imageType?.imageSizeRange !== undefined,
  );
  return Math.max(
    ...emission.layers.map(versionOfLayer),
    emission.hasHalves ? 2 : 1,
    flexible ? 3 : 1,
    update === undefined ? 1 : 4,
  );
}

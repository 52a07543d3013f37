import { type Diagnostic, fail } from "../../errors.ts";
import type {
  DoubleParameter,
  FeatureDescription,
  NetworkUpdateParameters,
  NeuralNetworkLayer,
  Optimizer,
} from "../../formats/coreml/types.gen.ts";
import type { Graph, TrainingSetup } from "../../ir/graph.ts";
import type { Classifier } from "./classifier.ts";
import type { Emission } from "./emission.ts";

/** What makes a network trainable on the device. */
export interface UpdatePlan {
  readonly updateParams: NetworkUpdateParameters;
  /** The target, as an input of training. */
  readonly target: FeatureDescription;
}

/** Nodes that could train: convolutions and dense layers that Keras would train. */
export function trainableNodes(graph: Graph): ReadonlySet<string> {
  const kinds = new Set(["conv", "depthwiseConv", "convTranspose", "dense"]);
  return new Set(
    graph.nodes
      .filter((node) => kinds.has(node.op.kind) && node.origin.trainable)
      .map((node) => node.id),
  );
}

/**
 * The nodes among `candidates` to which the loss can be carried back: between them and the loss only layers lie that
 * Core ML differentiates, and the softmax that a cross entropy reads.
 * @see UpdatableNeuralNetworkValidator.cpp: breadth first from the loss, nothing updatable after the first other layer
 */
export function reachableNodes(
  emission: Emission,
  candidates: ReadonlySet<string>,
  { updateParams: { lossLayers } }: UpdatePlan,
): ReadonlySet<string> {
  const { categoricalCrossEntropyLossLayer: entropy, meanSquaredErrorLossLayer: error } =
    lossLayers?.[0] ?? {};
  const lossInput = (entropy ?? error)?.input ?? "";
  const makers = new Map(
    emission.layers.flatMap((layer) => (layer.output ?? []).map((blob) => [blob, layer] as const)),
  );
  const nodes = new Map(
    emission.graph.nodes
      .filter((node) => candidates.has(node.id))
      .map((node) => [emission.layerNameOf(node), node.id]),
  );
  const reached = new Set<string>();
  const first = makers.get(lossInput);
  const queue = first === undefined ? [] : [first];
  const seen = new Set<NeuralNetworkLayer>(queue);
  for (let at = 0; at < queue.length; at++) {
    const layer = queue[at];
    if (layer === undefined) break;
    const softmaxAtLoss = at === 0 && layer.softmax !== undefined && entropy !== undefined;
    if (!softmaxAtLoss && !isDifferentiable(layer)) break;
    const node = layer.isUpdatable === true ? nodes.get(layer.name ?? "") : undefined;
    if (node !== undefined) reached.add(node);
    for (const blob of layer.input ?? []) {
      const maker = makers.get(blob);
      if (maker !== undefined && !seen.has(maker)) queue.push(maker);
      if (maker !== undefined) seen.add(maker);
    }
  }
  return reached;
}

/** Says which layers Keras would train but the device cannot. */
export function warnFixed(
  graph: Graph,
  candidates: ReadonlySet<string>,
  reached: ReadonlySet<string>,
): readonly Diagnostic[] {
  const fixed = graph.nodes.filter((node) => candidates.has(node.id) && !reached.has(node.id));
  if (fixed.length === 0) return [];
  const names = [...new Set(fixed.map((node) => `"${node.origin.layer}"`))];
  return [
    {
      code: "unsupported",
      text: `These layers stay as they are on the device: ${names.join(", ")}. Core ML does not carry the loss back to them, because a layer in between cannot be differentiated.`,
      hint: "Between the loss and what trains only Dense, Conv2D, pooling, Flatten, BatchNormalization, LSTM, relu, sigmoid and tanh may lie.",
    },
  ];
}

/** Loss and optimizer of the file in Core ML's words. Throws `unsupported` for others, `bad-option` when the file has none. */
export function planUpdate(
  graph: Graph,
  outputName: string,
  lossBlob: string,
  output: FeatureDescription | undefined,
  classifier: Classifier | undefined,
): UpdatePlan {
  const training = graph.training ?? noTraining();
  if (graph.outputs.length !== 1) {
    fail(
      "unsupported",
      `A trainable Core ML model has one loss, but the model has ${graph.outputs.length} outputs.`,
    );
  }
  const target = `${outputName}_true`;
  const classes = CROSS_ENTROPIES.has(training.losses[0] ?? "");
  const loss = classes
    ? { categoricalCrossEntropyLossLayer: { input: lossBlob, target } }
    : { meanSquaredErrorLossLayer: { input: lossBlob, target } };
  if (!classes && training.losses[0] !== "mean_squared_error" && training.losses[0] !== "mse") {
    fail(
      "unsupported",
      `The loss "${training.losses[0]}" does not exist in Core ML, expected categorical_crossentropy or mean_squared_error.`,
    );
  }
  return {
    target: targetFeature(target, classes, output, classifier),
    updateParams: {
      lossLayers: [{ name: "loss_layer", ...loss }],
      optimizer: optimizerOf(training),
      epochs: { defaultValue: 1, set: { values: [1] } },
      shuffle: { defaultValue: true },
    },
  };
}

const CROSS_ENTROPIES: ReadonlySet<string> = new Set([
  "categorical_crossentropy",
  "sparse_categorical_crossentropy",
]);

const DIFFERENTIABLE: ReadonlySet<string> = new Set([
  "convolution",
  "innerProduct",
  "uniDirectionalLSTM",
  "flatten",
  "pooling",
  "batchnorm",
]);

function isDifferentiable(layer: NeuralNetworkLayer): boolean {
  const { activation } = layer;
  if (activation !== undefined) {
    return (
      activation.ReLU !== undefined ||
      activation.sigmoid !== undefined ||
      activation.tanh !== undefined
    );
  }
  return Object.keys(layer).some((key) => DIFFERENTIABLE.has(key));
}

/** A classifier trains on its label, others on a class index or on an array like the prediction. */
function targetFeature(
  name: string,
  classes: boolean,
  output: FeatureDescription | undefined,
  classifier: Classifier | undefined,
): FeatureDescription {
  if (classifier !== undefined && classes) {
    const text = typeof classifier.labels[0] === "string";
    return {
      name: classifier.predictedFeature,
      type: text ? { stringType: {} } : { int64Type: {} },
    };
  }
  if (classes) return { name, type: { multiArrayType: { shape: [1], dataType: "INT32" } } };
  return { name, ...(output?.type === undefined ? {} : { type: output.type }) };
}

function noTraining(): never {
  return fail(
    "bad-option",
    "respectTrainable needs the loss and the optimizer, but the file holds none: the model was saved uncompiled or without them.",
    {
      hint: "Compile the model in Keras and save it again.",
    },
  );
}

/** Defaults of Keras where the file leaves a number out. */
function optimizerOf({ optimizer }: TrainingSetup): Optimizer {
  const number = (key: string, otherwise: number): number => {
    const value = optimizer.config[key];
    return typeof value === "number" ? value : otherwise;
  };
  const miniBatchSize = { defaultValue: 16, set: { values: [1, 16, 32] } };
  if (optimizer.name === "sgd") {
    const learningRate = parameter(number("learning_rate", 0.01));
    return {
      sgdOptimizer: { learningRate, miniBatchSize, momentum: parameter(number("momentum", 0)) },
    };
  }
  if (optimizer.name === "adam") {
    return {
      adamOptimizer: {
        learningRate: parameter(number("learning_rate", 0.001)),
        miniBatchSize,
        beta1: parameter(number("beta_1", 0.9)),
        beta2: parameter(number("beta_2", 0.999)),
        eps: parameter(number("epsilon", 1e-7)),
      },
    };
  }
  return fail(
    "unsupported",
    `The optimizer "${optimizer.name}" does not exist in Core ML, expected sgd or adam.`,
    {
      hint: "Compile the model with SGD or Adam.",
    },
  );
}

function parameter(value: number): DoubleParameter {
  return { defaultValue: value, range: { minValue: 0, maxValue: Math.max(1, value) } };
}

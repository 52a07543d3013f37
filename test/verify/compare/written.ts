import { collectBytes } from "../../../src/formats/bytes.ts";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import type {
  Model,
  NeuralNetwork,
  NeuralNetworkLayer,
} from "../../../src/formats/coreml/types.gen.ts";
import type { Preprocessing } from "../../../src/image/preprocessing.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import { writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import {
  type CompareOptions,
  type Comparison,
  compareModels,
  planInputs,
  randomSamples,
  seededRandom,
} from "../../../src/verify/compare/index.ts";
import { openCase } from "../../cases.ts";
import { formsOf } from "../../forms.ts";
import { caseOptions } from "../../targets/coreml-nn/case-options.ts";

/** A Keras model and the Core ML model that was written of it, as a reader of the file sees it. */
export interface Pair {
  readonly graph: Graph;
  readonly model: Model;
}

export function writtenPair(id: string): Pair {
  const testCase = openCase(id);
  const [form] = formsOf(testCase);
  if (form === undefined) throw new Error(`${id} has no model`);
  const { graph } = form.read();
  const { file } = writeCoreML(graph, caseOptions(testCase));
  return { graph, model: decodeModel(collectBytes(file)) };
}

export function compareRandom(
  { graph, model }: Pair,
  preprocessing?: Preprocessing,
  options: CompareOptions & { readonly count?: number } = {},
): Comparison {
  const { count = 4, ...rest } = options;
  const samples = randomSamples(planInputs(graph, model, preprocessing), count, seededRandom(1));
  return compareModels(graph, model, samples, rest);
}

/** The model with something else in its network. */
export function withNetwork(
  { graph, model }: Pair,
  change: (network: NeuralNetwork) => Partial<NeuralNetwork>,
): Pair {
  const { neuralNetwork, neuralNetworkClassifier } = model;
  if (neuralNetwork !== undefined) {
    return {
      graph,
      model: { ...model, neuralNetwork: { ...neuralNetwork, ...change(neuralNetwork) } },
    };
  }
  if (neuralNetworkClassifier === undefined) throw new Error("the model has no network");
  const changed = { ...neuralNetworkClassifier, ...change(neuralNetworkClassifier) };
  return { graph, model: { ...model, neuralNetworkClassifier: changed } };
}

/** The model with one layer changed. */
export function withLayer(
  pair: Pair,
  name: string,
  change: (layer: NeuralNetworkLayer) => Partial<NeuralNetworkLayer>,
): Pair {
  return withNetwork(pair, ({ layers = [] }) => {
    if (!layers.some((layer) => layer.name === name)) throw new Error(`there is no layer ${name}`);
    return {
      layers: layers.map((layer) => (layer.name === name ? { ...layer, ...change(layer) } : layer)),
    };
  });
}

import type { Model, NeuralNetworkPreprocessing } from "../../formats/coreml/types.gen.ts";
import type { Graph } from "../../ir/graph.ts";
import type { Dim } from "../../ir/tensor.ts";
import { countParameters } from "../count-parameters.ts";
import { arrayShape, declaredAxes } from "./array-shape.ts";
import type { InputFeature } from "./inputs.ts";
import type { EmittedNetwork } from "./network.ts";

/** One input or output, as declared. */
export interface FeatureSummary {
  readonly name: string;
  readonly type: "array" | "image" | "probabilities";
  /** As declared, null where free. Of an image `[channels, height, width]`. */
  readonly shape: readonly Dim[];
  /** Axis of the Keras value behind each number of `shape`; null for one that only Core ML has. */
  readonly axes: readonly (number | null)[];
  /** Of an image. */
  readonly colorSpace?: string;
}

/** What was made, in numbers. */
export interface CoreMLSummary {
  readonly inputs: readonly FeatureSummary[];
  readonly outputs: readonly FeatureSummary[];
  /** Number of layers in the file. */
  readonly layers: number;
  /** Number of stored weights of the Keras model; a shared weight counts once. */
  readonly parameters: number;
  readonly specificationVersion: number;
  readonly preprocessing: readonly NeuralNetworkPreprocessing[];
}

/** Gathers the numbers of a model just made. */
export function summarise(graph: Graph, network: EmittedNetwork, model: Model): CoreMLSummary {
  const { emission } = network;
  const body = model.neuralNetwork ?? model.neuralNetworkClassifier;
  const probabilities = model.neuralNetworkClassifier?.labelProbabilityLayerName;
  const array = (feature: Pick<InputFeature, "name" | "layout" | "shape">): FeatureSummary => ({
    name: feature.name,
    type: feature.name === probabilities ? "probabilities" : "array",
    shape: arrayShape(feature, emission.arrays),
    axes: declaredAxes(feature.layout, emission.arrays).map((axis) => axis ?? null),
  });
  const image = (feature: InputFeature): FeatureSummary => ({
    name: feature.name,
    type: "image",
    shape: arrayShape(feature, "classic"),
    axes: declaredAxes(feature.layout, "classic").map((axis) => axis ?? null),
    ...(feature.picture === undefined ? {} : { colorSpace: feature.picture.colorSpace }),
  });
  return {
    inputs: network.inputs.map((input) =>
      input.picture === undefined ? array(input) : image(input),
    ),
    outputs: network.outputs.map(array),
    layers: emission.layers.length,
    parameters: countParameters(graph),
    specificationVersion: model.specificationVersion ?? 0,
    preprocessing: body?.preprocessing ?? [],
  };
}

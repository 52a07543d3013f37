import {
  layerVersions,
  type Model,
  type NeuralNetwork,
  type NeuralNetworkLayer,
  type NeuralNetworkLayerLayer,
} from "./types.gen.ts";

/** The network of a model, whatever its outputs mean; undefined for models of another kind. */
export function networkOf(model: Model): NeuralNetwork | undefined {
  return model.neuralNetwork ?? model.neuralNetworkClassifier ?? model.neuralNetworkRegressor;
}

/** The models of a pipeline; none where the model is something else. */
export function membersOf(model: Model): readonly Model[] {
  const { pipeline, pipelineClassifier, pipelineRegressor } = model;
  const found = pipeline ?? pipelineClassifier?.pipeline ?? pipelineRegressor?.pipeline;
  return found?.models ?? [];
}

/** Which of its kinds a layer is; undefined when it is of none. */
export function layerKindOf(layer: NeuralNetworkLayer): NeuralNetworkLayerLayer | undefined {
  return KINDS.find((kind) => layer[kind] !== undefined);
}

const KINDS = Object.keys(layerVersions).filter(isKind);

function isKind(name: string): name is NeuralNetworkLayerLayer {
  return Object.hasOwn(layerVersions, name);
}

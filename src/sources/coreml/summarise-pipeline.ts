import type { Model, Pipeline } from "../../formats/coreml/types.gen.ts";
import type { LayerSummary, ModelSummary, SummaryTensor } from "../../ir/model-summary.ts";
import { kindOf } from "./network.ts";

/** The models of a pipeline as layers, each with its own layers within; of other kinds of models nothing more is said. */
export function summarisePipeline(
  { description }: Model,
  { models = [], names = [] }: Pipeline,
  summarise: (member: Model, name: string) => ModelSummary,
): Required<Pick<ModelSummary, "layers" | "results">> {
  const makers = new Map<string, SummaryTensor>();
  const inputs = (description?.input ?? []).map(({ name = "" }): LayerSummary => {
    makers.set(name, { layer: name, call: 0, tensor: 0 });
    const calls = [{ inputs: [], outputs: [undefined] }];
    return { name, path: name, className: "InputLayer", trainable: false, weights: [], calls };
  });
  const taken = new Set(inputs.map(({ name }) => name));
  const members = models.map((member, index): LayerSummary => {
    const stated = names[index] || `model_${index + 1}`;
    const name = taken.has(stated) ? `${stated}_${index + 1}` : stated;
    taken.add(name);
    const read = (member.description?.input ?? []).flatMap(
      (one) => makers.get(one.name ?? "") ?? [],
    );
    const given = member.description?.output ?? [];
    given.forEach((one, tensor) => {
      makers.set(one.name ?? "", { layer: name, call: 0, tensor });
    });
    const outputs = given.map(() => undefined);
    const layer = { name, path: name, trainable: false, calls: [{ inputs: read, outputs }] };
    if (!hasLayers(member))
      return { ...layer, className: kindOf(member).replace("of the kind ", ""), weights: [] };
    const { className, layers } = summarise(member, name);
    const inner = layers.map((one) => within(name, one));
    const weights = inner.flatMap((one) => one.weights);
    const model = { sequential: false, built: true, layers: inner, outputs };
    return { ...layer, className, weights, model };
  });
  const results = (description?.output ?? []).flatMap(({ name = "" }) => makers.get(name) ?? []);
  return { layers: [...inputs, ...members], results };
}

/** Models of a pipeline know nothing of each other, so that their layers and arrays may have the same names. */
function within(outer: string, layer: LayerSummary): LayerSummary {
  const { model } = layer;
  return {
    ...layer,
    path: `${outer}/${layer.path}`,
    weights: layer.weights.map((weight) => ({ ...weight, id: `${outer}/${weight.id}` })),
    ...(model === undefined
      ? {}
      : { model: { ...model, layers: model.layers.map((one) => within(outer, one)) } }),
  };
}

function hasLayers(model: Model): boolean {
  const network =
    model.neuralNetwork ?? model.neuralNetworkClassifier ?? model.neuralNetworkRegressor;
  const pipeline = model.pipeline ?? model.pipelineClassifier ?? model.pipelineRegressor;
  return (network ?? pipeline ?? model.mlProgram) !== undefined;
}

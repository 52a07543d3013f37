import type { Graph } from "../ir/graph.ts";
import { type LayerSummary, type ModelSummary, totalOf } from "../ir/model-summary.ts";
import type { Json, JsonObject } from "../json.ts";
import { costOf, type LayerCost } from "./cost.ts";
import { modelTotals, parametersOf } from "./summary-facts.ts";

/** Everything about a model's layers as JSON; unknown shapes and costs are null. */
export function summaryDocument(
  file: string,
  model: ModelSummary,
  graph: Graph | undefined,
): JsonObject {
  const { total, trainable, fixed } = modelTotals(model);
  const cost = graph && costOf(model, graph, { expand: true });
  const costs = new Map(cost?.layers.map((layer) => [layer.path, layer]));
  return {
    file,
    name: model.name,
    class: model.className,
    style: model.style,
    parameters: { total: total.count, trainable: trainable.count, nonTrainable: fixed.count },
    weightBytes: total.bytes,
    optimizer: model.optimizer === undefined ? null : { ...model.optimizer },
    flops: cost?.flops ?? null,
    activationBytes: cost?.activations ?? null,
    peakActivationBytes: cost?.peak ?? null,
    layers: model.layers.map((layer) => layerDocument(layer, costs)),
  };
}

function layerDocument(layer: LayerSummary, costs: ReadonlyMap<string, LayerCost>): JsonObject {
  const { name, path, className, trainable, calls, weights, model } = layer;
  const trained = weights.filter((weight) => weight.trainable);
  const inner: Json =
    model === undefined ? null : model.layers.map((sub) => layerDocument(sub, costs));
  const { flops = null, activations = null } = costs.get(path) ?? {};
  return {
    name,
    path,
    class: className,
    trainable,
    parameters: parametersOf(layer),
    trainableParameters: totalOf(trained).count,
    calls: calls.map(({ inputs, outputs }) => ({
      inputs: inputs.map((tensor) => ({ ...tensor })),
      outputShapes: outputs.map((shape) => shape ?? null),
    })),
    flops,
    activationBytes: activations,
    ...(inner === null ? {} : { layers: inner }),
  };
}

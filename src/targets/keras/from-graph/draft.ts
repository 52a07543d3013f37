import { createDiagnostics, fail, throwIfErrors } from "../../../errors.ts";
import type { Graph, GraphPort, Node, ValueId } from "../../../ir/graph.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import type { TensorAddress } from "../../../sources/keras/topology.ts";
import { dtypePolicy } from "../keras3/objects.ts";
import { inOrder } from "../translation/in-order.ts";
import { plainName } from "../translation/plain-names.ts";
import type { WordedLayer, WordedModel } from "../translation/worded-model.ts";
import { type LayerDraft, layerOf } from "./layer.ts";

/** A graph as a model of one layer a step, and where its weights go. */
export interface Drafted {
  readonly model: WordedModel;
  /** By the name of the layer, in the order of its weights. */
  readonly weights: ReadonlyMap<string, readonly WeightRef[]>;
  /** By the id of the node. */
  readonly layerNames: ReadonlyMap<string, string>;
}

/** A layer for each step, in the words of Keras 3. Throws `unsupported` with every step that Keras has no layer for. */
export function draftModel(graph: Graph, generation: 2 | 3): Drafted {
  const log = createDiagnostics();
  const draft: Draft = { names: new Set(), makers: new Map(), layers: [] };
  const weights = new Map<string, readonly WeightRef[]>();
  const layerNames = new Map<string, string>();
  for (const port of graph.inputs) addInput(graph, port, draft);
  for (const node of graph.nodes) {
    const sources = node.inputs.flatMap((value) => draft.makers.get(value) ?? []);
    // What it reads has been reported.
    if (sources.length < node.inputs.length) continue;
    const layer = layerOf(node, { ...typesOf(graph, node), generation });
    if ("unsupported" in layer) {
      const at = { layer: node.origin.layer, className: node.origin.className };
      log.error({ code: "unsupported", text: layer.unsupported, at });
      continue;
    }
    const name = addLayers(node, layer, sources, draft);
    weights.set(name, layer.weights?.flatMap((ref) => ref ?? []) ?? []);
    layerNames.set(node.id, name);
  }
  throwIfErrors(log);
  const addressOf = ({ value }: { readonly value: ValueId }): TensorAddress =>
    draft.makers.get(value) ?? fail("internal", `Nothing makes the value ${value}.`);
  const model: WordedModel = {
    name: plainName(graph.name === "" ? "model" : graph.name),
    kind: "functional",
    trainable: true,
    layers: draft.layers,
    inputs: graph.inputs.map(addressOf),
    outputs: graph.outputs.map(addressOf),
  };
  return { model: inOrder(model), weights, layerNames };
}

/** A model while it is made. */
interface Draft {
  readonly names: Set<string>;
  readonly makers: Map<ValueId, TensorAddress>;
  readonly layers: WordedLayer[];
}

function addInput({ types }: Graph, { name, value }: GraphPort, draft: Draft): void {
  const own = freeName(name, draft.names);
  const { shape = [], dtype = "float32" } = types.get(value) ?? {};
  const config = { batch_shape: shape, dtype, sparse: false, name: own };
  draft.layers.push({ name: own, className: "InputLayer", config, calls: [] });
  draft.makers.set(value, { layer: own, call: 0, tensor: 0 });
}

/** The layer of a step, and the one that pads before it; returns the name of the former. */
function addLayers(
  node: Node,
  { className, config, before }: Exclude<LayerDraft, { readonly unsupported: string }>,
  sources: readonly TensorAddress[],
  { names, makers, layers }: Draft,
): string {
  const own = freeName(node.id, names);
  let calls = [callOf(sources)];
  if (before !== undefined) {
    const pad = freeName(`${own}_pad`, names);
    const padding = { ...common(pad), ...before.config };
    layers.push({ name: pad, className: before.className, config: padding, calls });
    calls = [callOf([{ layer: pad, call: 0, tensor: 0 }])];
  }
  layers.push({ name: own, className, config: { ...common(own), ...config }, calls });
  for (const [tensor, value] of node.outputs.entries()) {
    makers.set(value, { layer: own, call: 0, tensor });
  }
  return own;
}

function common(name: string) {
  return { name, trainable: true, dtype: dtypePolicy("float32") };
}

function callOf(sources: readonly TensorAddress[]): WordedLayer["calls"][number] {
  const args = sources.map((address) => ({ kind: "tensor" as const, address }));
  return { args, keywords: new Map(), kwargs: {} };
}

function typesOf({ types }: Graph, { inputs, outputs }: Node) {
  const typeOf = (value: ValueId) => types.get(value) ?? { dtype: "float32" as const, shape: [] };
  return { inputs: inputs.map(typeOf), output: typeOf(outputs[0] ?? "") };
}

function freeName(wanted: string, names: Set<string>): string {
  const plain = plainName(wanted);
  let name = plain;
  for (let count = 1; names.has(name); count += 1) name = `${plain}_${count}`;
  names.add(name);
  return name;
}

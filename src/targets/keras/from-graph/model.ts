import { createDiagnostics, fail, KcError, throwIfErrors } from "../../../errors.ts";
import type { Graph, GraphPort, Node, ValueId } from "../../../ir/graph.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { layerSpecs } from "../../../sources/keras/layers/index.ts";
import type { WeightTable } from "../../../sources/keras/match-groups.ts";
import { parseModel } from "../../../sources/keras/parse-model.ts";
import { leafOf } from "../../../sources/keras/slots.ts";
import type { LayerConfig, ModelConfig, TensorAddress } from "../../../sources/keras/topology.ts";
import { traceModel } from "../../../sources/keras/trace.ts";
import type { TracedModel } from "../../../sources/keras/traced-model.ts";
import { KERAS2, KERAS2_WORDS } from "../keras2/words.ts";
import { dtypePolicy } from "../keras3/objects.ts";
import { serialiseModel } from "../keras3/serialise.ts";
import { KERAS3, KERAS3_WORDS } from "../keras3/words.ts";
import { inOrder } from "../translation/in-order.ts";
import { plainName } from "../translation/plain-names.ts";
import { translated } from "../translation/translated.ts";
import type { WordedLayer, WordedModel } from "../translation/worded-model.ts";
import type { Words } from "../translation/words.ts";
import { type LayerDraft, layerOf } from "./layer.ts";
import { checkSteps } from "./same-steps.ts";

/**
 * A graph of any source as a functional model of a generation of Keras, one layer a step, its weights given to its layers. Each layer
 * is held to the step that it was made of. Throws `unsupported` with every step that Keras has no layer for.
 */
export function modelOfGraph(graph: Graph, generation: 2 | 3): TracedModel {
  const words = generation === 2 ? KERAS2_WORDS : KERAS3_WORDS;
  if (generation === 2) return reworded(drafted(graph, KERAS2), words);
  try {
    return drafted(graph, KERAS3);
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "unsupported") throw error;
    // What Keras 3 has no word for may be said in those of Keras 2, and translated.
    return reworded(drafted(graph, KERAS2), words);
  }
}

/** A draft, whose layers may be of any generation, in the words of one. */
function reworded(draft: TracedModel, words: Words): TracedModel {
  const { json, model, table, warnings } = translated(draft, words);
  const archive = { ...draft.archive, dialect: words.dialect, model: json };
  return { ...draft, archive, model, table, warnings, trace: trace(model, archive, table) };
}

function drafted(graph: Graph, dialect: Dialect): TracedModel {
  const { model, weights, layerNames } = draftModel(graph, dialect.generation === 2 ? 2 : 3);
  const at = { file: "the new model" };
  const context = { dialect, at, prefix: "", trainable: true, depth: 0 };
  const first = traced(
    parseModel(
      serialiseModel(model, () => undefined),
      context,
    ),
    weights,
    dialect,
  );
  const shapeOf = (_: string, { layer, call, tensor }: TensorAddress) => {
    const found = first.model.layers.find(({ name }) => name === layer);
    return found && first.trace.shapes(found, call)[tensor];
  };
  const json = serialiseModel(model, shapeOf);
  const made = traced(parseModel(json, context), weights, dialect);
  const after = made.trace.graph;
  if (after === undefined) {
    const log = createDiagnostics();
    for (const warning of made.trace.warnings) log.error(warning);
    throwIfErrors(log);
  } else checkSteps(graph, after, layerNames);
  return { ...made, archive: { ...made.archive, model: json } };
}

interface Drafted {
  readonly model: WordedModel;
  /** By the name of the layer, in the order of its weights. */
  readonly weights: ReadonlyMap<string, readonly WeightRef[]>;
  /** By the id of the node. */
  readonly layerNames: ReadonlyMap<string, string>;
}

function draftModel(graph: Graph, generation: 2 | 3): Drafted {
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

function traced(
  model: ModelConfig,
  weights: ReadonlyMap<string, readonly WeightRef[]>,
  dialect: Dialect,
): TracedModel {
  const table = new Map<LayerConfig, ReadonlyMap<string, WeightRef>>();
  for (const layer of model.layers) {
    const { slots } = leafOf(layer, layerSpecs, dialect);
    const refs = weights.get(layer.name) ?? [];
    if (slots.length === 0) continue;
    if (slots.length !== refs.length) {
      fail("internal", `The layer has ${refs.length} weights where ${slots.length} belong.`, {
        at: { layer: layer.path, className: layer.fileClass },
      });
    }
    const entries = slots.flatMap(({ role }, index) => {
      const ref = refs[index];
      return ref === undefined ? [] : [[role, ref] as const];
    });
    table.set(layer, new Map(entries));
  }
  const archive = {
    container: "weights and architecture",
    dialect,
    model: {},
    weights: { kind: "named", dialect, weights: [] },
  } as const;
  return {
    archive,
    model,
    specs: layerSpecs,
    table,
    warnings: [],
    trace: trace(model, archive, table),
  };
}

function trace(model: ModelConfig, archive: TracedModel["archive"], table: WeightTable) {
  return traceModel(model, {
    archive,
    specs: layerSpecs,
    table,
    inputShapes: undefined,
    refused: new Set(),
    errors: [],
  });
}

import { createDiagnostics, type Diagnostic, KcError } from "../../errors.ts";
import { layerKindOf } from "../../formats/coreml/network.ts";
import type {
  FeatureDescription,
  Model,
  NeuralNetworkLayer,
} from "../../formats/coreml/types.gen.ts";
import type { Graph, Node, ValueId } from "../../ir/graph.ts";
import type { ModelStatement } from "../../ir/model-statement.ts";
import type {
  LayerSummary,
  ModelSummary,
  SummaryTensor,
  WeightSummary,
} from "../../ir/model-summary.ts";
import type { InputOptions } from "./inputs.ts";
import { type OpenedNetwork, openNetwork } from "./network.ts";
import { networkSettings } from "./network-settings.ts";
import { type CoreMLModel, readCoreML } from "./read-coreml.ts";
import { stateModel } from "./statement.ts";
import { storedArrays } from "./stored-arrays.ts";
import { summarisePipeline } from "./summarise-pipeline.ts";
import { summariseProgram } from "./summarise-program.ts";

/** A Core ML model's layers with shapes and weights, and what it says beside. */
export interface CoreMLSummary {
  readonly summary: ModelSummary;
  /** Left out when some layer cannot be said in the graph's ops; the warnings say which. */
  readonly graph?: Graph;
  readonly statement: ModelStatement;
  readonly warnings: readonly Diagnostic[];
}

/**
 * The layers of a network as Keras would list them: several that spell one function are one. Where some cannot be said, all are
 * listed as the file has them, of unknown shapes. Of an ML Program, its operations.
 *
 * @throws KcError as `readCoreML`, but not `unsupported` for layers that cannot be said.
 */
export function summariseCoreML(
  model: Model,
  { name, ...options }: InputOptions & { readonly name: string },
): CoreMLSummary {
  const head = { name, className: "Functional", style: "keras3", sequential: false } as const;
  if (model.mlProgram !== undefined) {
    const summary = { ...head, ...summariseProgram(model) };
    return {
      summary,
      statement: stateModel(model, undefined, describedInputs(model.description?.input)),
      warnings: [],
    };
  }
  const pipeline =
    model.pipeline ?? (model.pipelineClassifier ?? model.pipelineRegressor)?.pipeline;
  if (pipeline !== undefined) {
    const inner = (member: Model, of: string): ModelSummary =>
      summariseCoreML(member, { ...options, name: of }).summary;
    const summary = { ...head, ...summarisePipeline(model, pipeline, inner) };
    const inputs = describedInputs(model.description?.input);
    return { summary, statement: stateModel(model, undefined, inputs), warnings: [] };
  }
  const network = openNetwork(model);
  const read = tryReading(model, options);
  if (!(read instanceof KcError)) {
    const { graph, statement, warnings } = read;
    const { layers, results } = layersOfGraph(graph, network);
    return { summary: { ...head, layers, results }, graph, statement, warnings };
  }
  const log = createDiagnostics();
  for (const diagnostic of read.diagnostics) log.warn(diagnostic);
  return {
    summary: { ...head, layers: layersOfMessage(network) },
    statement: stateModel(model, network, describedInputs(network.inputs)),
    warnings: log.warnings,
  };
}

function describedInputs(inputs: readonly FeatureDescription[] = []) {
  return inputs.map((feature) => ({
    name: feature.name ?? "",
    feature,
    image: feature.type?.imageType !== undefined,
  }));
}

function tryReading(model: Model, options: InputOptions): CoreMLModel | KcError {
  try {
    return readCoreML(model, options);
  } catch (error) {
    if (error instanceof KcError && error.code === "unsupported") return error;
    throw error;
  }
}

/** The layers that the graph's steps come from, in running order, inputs first. */
function layersOfGraph(
  graph: Graph,
  network: OpenedNetwork,
): Required<Pick<ModelSummary, "layers" | "results">> {
  const groups = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    const group = groups.get(node.origin.layer);
    if (group === undefined) groups.set(node.origin.layer, [node]);
    else group.push(node);
  }
  const places = placesOf(graph, groups);
  const arrays = arraysByLayer(network, groups);
  const inputs = graph.inputs.map(({ name, value }): LayerSummary => {
    const outputs = [graph.types.get(value)?.shape];
    return {
      name,
      path: name,
      className: "InputLayer",
      trainable: false,
      weights: [],
      calls: [{ inputs: [], outputs }],
    };
  });
  const layers = [...groups].map(([name, nodes]): LayerSummary => {
    const made = new Set(nodes.flatMap(({ outputs }) => outputs));
    const read = [...new Set(nodes.flatMap((node) => node.inputs))].filter(
      (value) => !made.has(value),
    );
    const outputs = outputsOf(nodes, places);
    return {
      name,
      path: name,
      className: mainOf(nodes)?.origin.className ?? "",
      trainable: nodes.some(({ origin }) => origin.trainable),
      weights: arrays.get(name) ?? [],
      calls: [
        {
          inputs: read.flatMap((value) => places.get(value) ?? []),
          outputs: outputs.map((value) => graph.types.get(value)?.shape),
        },
      ],
      config: networkSettings(nodes),
    };
  });
  const results = graph.outputs.flatMap(({ value }) => places.get(value) ?? []);
  return { layers: [...inputs, ...layers], results };
}

/** Which layer makes each value that others read, and as which of its outputs. */
function placesOf(
  graph: Graph,
  groups: ReadonlyMap<string, readonly Node[]>,
): ReadonlyMap<ValueId, SummaryTensor> {
  const places = new Map<ValueId, SummaryTensor>();
  for (const { name, value } of graph.inputs)
    places.set(value, { layer: name, call: 0, tensor: 0 });
  const ends = new Set(graph.outputs.map(({ value }) => value));
  const readers = new Map<ValueId, Set<string>>();
  for (const node of graph.nodes) {
    for (const value of node.inputs) {
      const layers = readers.get(value) ?? new Set<string>();
      readers.set(value, layers.add(node.origin.layer));
    }
  }
  for (const [layer, nodes] of groups) {
    const values = nodes.flatMap(({ outputs }) => outputs);
    const shown = values.filter((value) => {
      const others = [...(readers.get(value) ?? [])].some((reader) => reader !== layer);
      return others || ends.has(value);
    });
    shown.forEach((value, tensor) => {
      places.set(value, { layer, call: 0, tensor });
    });
  }
  return places;
}

function outputsOf(
  nodes: readonly Node[],
  places: ReadonlyMap<ValueId, SummaryTensor>,
): readonly ValueId[] {
  const shown = nodes.flatMap(({ outputs }) => outputs).filter((value) => places.has(value));
  return shown.length > 0 ? shown : (nodes.at(-1)?.outputs.slice(0, 1) ?? []);
}

/** The step that gives a layer its class: the one with weights, else the last. */
function mainOf(nodes: readonly Node[]): Node | undefined {
  const moves = new Set(["reshape", "permute"]);
  const weighty = nodes.find(
    ({ op }) => op.kind !== "affine" && Object.keys(op.weights).length > 0,
  );
  return weighty ?? nodes.filter(({ op }) => !moves.has(op.kind)).at(-1) ?? nodes.at(-1);
}

/** The arrays of each layer; those of constants that went into another layer's step are that one's. */
function arraysByLayer(
  network: OpenedNetwork,
  groups: ReadonlyMap<string, readonly Node[]>,
): ReadonlyMap<string, readonly WeightSummary[]> {
  const arrays = new Map<string, WeightSummary[]>();
  for (const layer of network.layers) {
    const found = storedArrays(layer);
    if (found.length === 0) continue;
    const name = ownerOf(layer, network, groups);
    arrays.set(name, [...(arrays.get(name) ?? []), ...found]);
  }
  return arrays;
}

function ownerOf(
  layer: NeuralNetworkLayer,
  network: OpenedNetwork,
  groups: ReadonlyMap<string, readonly Node[]>,
): string {
  const own = network.layerName(layer.name ?? "");
  if (groups.has(own)) return own;
  for (const blob of layer.output ?? []) {
    for (const reader of network.readers.get(blob) ?? []) {
      const name = reader === "output" ? "" : network.layerName(reader.name ?? "");
      if (groups.has(name)) return name;
    }
  }
  return own;
}

/** The layers as the file has them. */
function layersOfMessage(network: OpenedNetwork): readonly LayerSummary[] {
  const makers = new Map<string, SummaryTensor>();
  const inputs = network.inputs.map(({ name = "" }): LayerSummary => {
    makers.set(name, { layer: name, call: 0, tensor: 0 });
    const calls = [{ inputs: [], outputs: [undefined] }];
    return { name, path: name, className: "InputLayer", trainable: false, weights: [], calls };
  });
  const layers = network.layers.map((layer): LayerSummary => {
    const { name = "", input = [], output = [], isUpdatable = false } = layer;
    const read = input.flatMap((blob) => makers.get(blob) ?? []);
    output.forEach((blob, tensor) => {
      makers.set(blob, { layer: name, call: 0, tensor });
    });
    return {
      name,
      path: name,
      className: layer.custom?.className ?? layerKindOf(layer) ?? "unknown",
      trainable: isUpdatable,
      weights: storedArrays(layer),
      calls: [{ inputs: read, outputs: output.map(() => undefined) }],
    };
  });
  return [...inputs, ...layers];
}

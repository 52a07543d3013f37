import { createDiagnostics, type Diagnostic, KcError } from "../errors.ts";
import type { ByteSource } from "../formats/bytes.ts";
import { recognise } from "../image/recognise.ts";
import type { Graph, Node } from "../ir/graph.ts";
import type { JsonObject } from "../json.ts";
import { type ReadKerasOptions, readKeras } from "../sources/keras/index.ts";
import type { WeightTable } from "../sources/keras/match-groups.ts";
import { matchWeights, type OpenedModel, openModel } from "../sources/keras/open-model.ts";
import { readOptimizerState } from "../sources/keras/optimizer-state.ts";
import { readKerasChosen } from "../sources/keras/read-keras.ts";
import type { LayerConfig, ModelConfig } from "../sources/keras/topology.ts";
import { parseTraining } from "../sources/keras/training.ts";
import { arraysSide } from "./arrays-side.ts";
import { canonicalConfig } from "./canonical-config.ts";
import { computations } from "./computations.ts";
import { feedersOf } from "./feeders.ts";
import { graphSide } from "./graph-side.ts";
import type { DiffLayer, DiffSide, DiffWeight } from "./side.ts";

/** A side, and what could not be read of it. */
export interface ReadSide {
  readonly side: DiffSide;
  readonly warnings: readonly Diagnostic[];
}

/**
 * A Keras file as one side of a comparison: layers that are not known are compared by their configs and arrays, files
 * without an architecture by their arrays. Throws what opening the container throws.
 */
export function kerasSide(source: ByteSource, options: ReadKerasOptions): ReadSide {
  const log = createDiagnostics();
  const { value: opened, error } = attempt(() => openModel(source, options, log));
  if (opened === undefined) {
    const side = arraysSide(source);
    if (side === undefined) throw error;
    return { side, warnings: error?.diagnostics ?? [] };
  }
  const { archive, model } = opened;
  const read = attempt(() => readKerasChosen(source, { ...options, placeholders: true }));
  const matched = attempt(() => matchWeights(opened, { file: source.name, log }));
  const { version, backend } = archive.dialect;
  const training = parseTraining(
    archive.training,
    model.outputs.map(({ layer }) => layer),
  );
  const graph = read.value?.graph;
  const table = matched.value?.[read.value?.choice ?? 0];
  return {
    side: {
      writer: writerOf(version, backend),
      layers: layersOf(model, opened, table ?? new Map(), graph),
      architecture: true,
      ...portsOf(graph),
      ...(training === undefined ? {} : { training }),
      optimizer: readOptimizerState(archive.optimizer).flatMap(({ name, dataset, shape }) => ({
        role: name,
        ref: { shape, dtype: "float32" as const, readInto: dataset.readInto.bind(dataset) },
      })),
      ...preprocessingOf(graph),
    },
    warnings: [...(matched.error?.diagnostics ?? [])],
  };
}

/** A Keras file by what it computes, to be compared with a file of another format. Throws what reading it throws. */
export function kerasGraphSide(source: ByteSource, options: ReadKerasOptions): ReadSide {
  const { graph, warnings } = readKeras(source, { ...options, placeholders: true });
  const naming = {
    nameOf: (layer: string) => layer,
    trainable: ({ origin }: Node) => origin.trainable,
    bitsOf: () => undefined,
  };
  const writer = writerOf(graph.source.version, graph.source.backend);
  return {
    side: { writer, ...graphSide(graph, naming), architecture: true, optimizer: [] },
    warnings,
  };
}

function writerOf(version: string, backend: string): string {
  return [`Keras ${version || "of unknown version"}`, backend].filter(Boolean).join(" on ");
}

interface Attempt<T> {
  readonly value?: T;
  readonly error?: KcError;
}

function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof KcError) return { error };
    throw error;
  }
}

function portsOf(graph: Graph | undefined): Pick<DiffSide, "inputs" | "outputs"> {
  if (graph === undefined) return { inputs: [], outputs: [] };
  const port = ({ name, value }: Graph["inputs"][number]) => ({
    name,
    shape: graph.types.get(value)?.shape ?? [],
  });
  return { inputs: graph.inputs.map(port), outputs: graph.outputs.map(port) };
}

function preprocessingOf(graph: Graph | undefined): { readonly preprocessing?: string } {
  if (graph === undefined) return {};
  const { kind, preset } = recognise(graph);
  return kind === "unknown" ? {} : { preprocessing: kind === "inside" ? "inside" : preset.name };
}

/** Layers that compute, with nested models laid flat; a wrapper stands for what it holds. */
function layersOf(
  model: ModelConfig,
  opened: OpenedModel,
  table: WeightTable,
  graph: Graph | undefined,
): readonly DiffLayer[] {
  const computes = graph === undefined ? undefined : computations(graph);
  const visit = (inner: ModelConfig): readonly DiffLayer[] =>
    inner.layers.flatMap((layer): readonly DiffLayer[] => {
      if (layer.className === "InputLayer") return [];
      if (layer.model !== undefined) return visit(layer.model);
      const known = computes?.get(layer.path);
      const unknown = !opened.specs.has(layer.className);
      return [
        {
          name: layer.path,
          className: layer.className,
          trainable: layer.trainable,
          config: configOf(layer),
          ...(known === undefined || unknown ? {} : { computes: known }),
          inputs: feedersOf(layer, inner),
          weights: weightsOf(layer, table),
        },
      ];
    });
  return visit(model);
}

function configOf(layer: LayerConfig): JsonObject {
  const own = canonicalConfig(layer.config, layer.className);
  const { wrapped } = layer;
  if (wrapped === undefined) return own;
  const { layer: _, ...rest } = own;
  const inner = Object.entries(configOf(wrapped)).map(([key, value]) => [`layer.${key}`, value]);
  return { ...rest, "layer.class_name": wrapped.className, ...Object.fromEntries(inner) };
}

function weightsOf(layer: LayerConfig, table: WeightTable): readonly DiffWeight[] {
  const own = [...(table.get(layer) ?? [])].map(([role, ref]) => ({ role, ref }));
  const inner = layer.wrapped ?? layer.model;
  if (inner === undefined) return own;
  const held =
    "calls" in inner
      ? weightsOf(inner, table)
      : inner.layers.flatMap((item) =>
          weightsOf(item, table).map(({ role, ref }) => ({ role: `${item.name}/${role}`, ref })),
        );
  return [...own, ...held];
}

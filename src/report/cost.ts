import type { Graph, ValueId } from "../ir/graph.ts";
import { type LayerSummary, listedLayers, type ModelSummary } from "../ir/model-summary.ts";
import { elementsOf, flopsOf } from "./flops.ts";
import { memorySize, withCommas } from "./readable.ts";
import { modelTotals } from "./summary-facts.ts";

/** What one layer costs for one sample; undefined when a size is free. */
export interface LayerCost {
  readonly path: string;
  /** See `flopsOf`. */
  readonly flops: number | undefined;
  /** Bytes of all that it computes, as float32. */
  readonly activations: number | undefined;
}

/** What a model costs for one sample; undefined when a size is free. */
export interface ModelCost {
  readonly layers: readonly LayerCost[];
  readonly flops: number | undefined;
  /** Bytes of the weights. */
  readonly weights: number;
  /** Bytes of all results together, which training keeps. */
  readonly activations: number | undefined;
  /** Bytes of results that must exist at the same time when the model only predicts. */
  readonly peak: number | undefined;
}

/** Counts what the layers of a model cost; with `expand` also those in nested models, below the whole. */
export function costOf(
  summary: ModelSummary,
  graph: Graph,
  { expand = false }: { readonly expand?: boolean } = {},
): ModelCost {
  const top = listedLayers(summary).map((layer) => layerCost(layer, graph));
  const rows = (layer: LayerSummary): readonly LayerCost[] => [
    layerCost(layer, graph),
    ...(layer.model === undefined ? [] : listedLayers(layer.model).flatMap(rows)),
  ];
  return {
    layers: expand ? listedLayers(summary).flatMap(rows) : top,
    flops: sum(top.map((layer) => layer.flops)),
    weights: modelTotals(summary).total.bytes,
    activations: sum(top.map((layer) => layer.activations)),
    peak: peakOf(graph),
  };
}

/** The costs as text below a summary. */
export function costTable(
  cost: ModelCost,
  columns: { readonly flops: boolean; readonly memory: boolean },
): string {
  const name = Math.max(5, ...cost.layers.map(({ path }) => path.length));
  const row = (first: string, flops: string, share: string, memory: string): string =>
    [
      first.padEnd(name),
      ...(columns.flops ? [flops.padStart(15), share.padStart(7)] : []),
      ...(columns.memory ? [memory.padStart(12)] : []),
    ].join("  ");
  const lines = cost.layers.map(({ path, flops, activations }) =>
    row(path, counted(flops), shareOf(flops, cost.flops), sized(activations)),
  );
  const memory = [
    `Memory of the weights: ${memorySize(cost.weights, "B")}`,
    `Memory of all results of one sample, as in training: ${sized(cost.activations)}`,
    `Memory of results at the worst moment of a prediction: ${sized(cost.peak)}`,
  ];
  const open = cost.flops === undefined || cost.activations === undefined;
  return [
    row("Layer", "FLOPs", "share", "results"),
    ...lines,
    row("all", counted(cost.flops), shareOf(cost.flops, cost.flops), sized(cost.activations)),
    ...(columns.memory ? ["", ...memory] : []),
    ...(open
      ? ["", "? depends on a size that the model leaves open; --input-shape fixes it."]
      : []),
    "",
  ].join("\n");
}

function layerCost({ path }: LayerSummary, graph: Graph): LayerCost {
  const nodes = graph.nodes.filter(({ origin }) => isWithin(origin.layer, path));
  const typesOf = (values: readonly ValueId[]) =>
    values.flatMap((value) => graph.types.get(value) ?? []);
  const bytes = nodes.map(({ outputs }) => sum(outputs.map((value) => bytesOf(value, graph))));
  return {
    path,
    flops: sum(nodes.map((node) => flopsOf(node, typesOf(node.inputs), typesOf(node.outputs)))),
    activations: sum(bytes),
  };
}

function isWithin(layer: string, path: string): boolean {
  return layer === path || layer.startsWith(`${path}/`);
}

function bytesOf(value: ValueId, graph: Graph): number | undefined {
  const elements = elementsOf(graph.types.get(value)?.shape ?? []);
  return elements === undefined ? undefined : 4 * elements;
}

/** Each value lives from the node that makes it to the last one that reads it. */
function peakOf(graph: Graph): number | undefined {
  const lastRead = new Map<ValueId, number>();
  for (const [index, node] of graph.nodes.entries()) {
    for (const value of node.inputs) lastRead.set(value, index);
  }
  for (const { value } of graph.outputs) lastRead.set(value, graph.nodes.length);
  const ends = new Map<number, number>();
  let alive = sum(graph.inputs.map(({ value }) => bytesOf(value, graph)));
  for (const { value } of graph.inputs) ending(value);
  let peak = alive;
  for (const [index, node] of graph.nodes.entries()) {
    for (const value of node.outputs) {
      const bytes = bytesOf(value, graph);
      alive = alive === undefined || bytes === undefined ? undefined : alive + bytes;
      ending(value);
    }
    if (alive === undefined || peak === undefined) return undefined;
    peak = Math.max(peak, alive);
    alive -= ends.get(index) ?? 0;
  }
  return peak;

  function ending(value: ValueId): void {
    const last = lastRead.get(value) ?? 0;
    ends.set(last, (ends.get(last) ?? 0) + (bytesOf(value, graph) ?? 0));
  }
}

function sum(numbers: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const number of numbers) {
    if (number === undefined) return undefined;
    total += number;
  }
  return total;
}

function counted(count: number | undefined): string {
  return count === undefined ? "?" : withCommas(count);
}

function shareOf(part: number | undefined, whole: number | undefined): string {
  if (part === undefined || whole === undefined || whole === 0) return "";
  return `${((100 * part) / whole).toFixed(1)} %`;
}

function sized(bytes: number | undefined): string {
  return bytes === undefined ? "?" : memorySize(bytes, "B");
}

import type { Graph, ValueId } from "../../ir/graph.ts";
import type { ValueObserver } from "../graph/evaluate.ts";
import { firstItem, type Tensor as GraphTensor } from "../graph/tensor.ts";
import { sizeOf, type Tensor } from "../tensor.ts";
import type { Wiring } from "../wiring.ts";
import { difference } from "./agreement.ts";
import { arrangements, fromBlob } from "./arrangement.ts";
import { type LayerGroup, layerGroups } from "./layer-groups.ts";
import { batchSize, type Sample } from "./sample.ts";

/** The first layer whose numbers differ though those it reads are right. */
export interface Divergence {
  /** Keras layer name, nested ones as `outer/inner`; of an input the input's. */
  readonly layer: string;
  /** Keras class; undefined for an input, whose pixels are prepared differently. */
  readonly className: string | undefined;
  /** The largest difference as a share of the largest number that Keras has there. */
  readonly relative: number;
}

/** Compares the layers of both models while they run on one sample: first the graph, then the Core ML model. */
export interface LayerWatch {
  readonly onValue: ValueObserver;
  readonly onBlob: (name: string, blob: Tensor) => void;
  /** For each value that has a blob of its size, how far the nearest one is away. */
  readonly found: ReadonlyMap<ValueId, number>;
  readonly groups: readonly LayerGroup[];
}

/** A watch for one run. A blob within the tolerance in one order of axes is not tried in others. */
export function watchLayers(
  graph: Graph,
  wiring: Wiring,
  sample: Sample,
  tolerance: number,
): LayerWatch {
  const groups = layerGroups(graph, wiring);
  const wanted = new Set(groups.flatMap(({ values }) => values));
  const owners = new Map(
    groups.flatMap((group) => [...group.blobs].map((one) => [one, group] as const)),
  );
  const batch = batchSize(sample);
  const values = new Map<ValueId, GraphTensor>();
  const found = new Map<ValueId, number>();
  return {
    groups,
    found,
    onValue(value, tensor) {
      if (wanted.has(value)) values.set(value, firstItem(tensor, batch));
    },
    onBlob(name, blob) {
      for (const value of owners.get(name)?.values ?? []) {
        const expected = values.get(value);
        const off = expected && nearest(expected, blob, tolerance);
        if (off !== undefined) found.set(value, Math.min(off, found.get(value) ?? off));
      }
    },
  };
}

/**
 * Finds the first layer that is wrong: on the way back from wrong outputs (`wrong` says by how much), or, where all
 * outputs are right, one whose error the next layers carry on before it fades. Layers that do not correspond, because
 * one side merged or split them, are passed over; a difference that the next layer heals is none, such as the order
 * of numbers between a flatten and a dense layer.
 */
export function firstDivergence(
  graph: Graph,
  watch: LayerWatch,
  wrong: ReadonlyMap<ValueId, number>,
  tolerance: number,
): Divergence | undefined {
  const found = new Map([...watch.found, ...wrong]);
  const isWrong = (value: ValueId): boolean => (found.get(value) ?? 0) > tolerance;
  const suspected =
    wrong.size > 0 ? walkBack(graph, found, tolerance) : carriedOn(graph, found, tolerance);
  const inOrder = [
    ...graph.inputs.map(({ value }) => value),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ];
  const first = inOrder.find((value) => suspected.has(value) && isWrong(value));
  if (first === undefined) return undefined;
  const group = watch.groups.find(({ values }) => values.includes(first));
  return {
    layer: group?.layer ?? "",
    className: group?.origin?.className,
    relative: found.get(first) ?? 0,
  };
}

/** The smallest difference over all ways in which the axes may stand, or the first allowed one; undefined without any. */
function nearest(
  { shape, data: expected }: GraphTensor,
  blob: Tensor,
  tolerance: number,
): number | undefined {
  if (sizeOf(blob.shape) !== expected.length) return undefined;
  let smallest: number | undefined;
  for (const places of arrangements(shape, blob.shape)) {
    const { relative } = difference(expected, fromBlob(blob, shape, places));
    smallest = Math.min(relative, smallest ?? relative);
    if (smallest <= tolerance) return smallest;
  }
  return smallest;
}

/** All values on the way from the wrong outputs back to right values. */
function walkBack(
  graph: Graph,
  found: ReadonlyMap<ValueId, number>,
  tolerance: number,
): ReadonlySet<ValueId> {
  const isRight = (value: ValueId): boolean => (found.get(value) ?? Infinity) <= tolerance;
  const reached = new Set(
    graph.outputs.map(({ value }) => value).filter((value) => (found.get(value) ?? 0) > tolerance),
  );
  for (const { inputs, outputs } of graph.nodes.toReversed()) {
    if (!outputs.some((value) => reached.has(value))) continue;
    for (const value of inputs) if (!isRight(value)) reached.add(value);
  }
  return reached;
}

/** Wrong values that make another one wrong, directly or by way of values that cannot be compared. */
function carriedOn(
  graph: Graph,
  found: ReadonlyMap<ValueId, number>,
  tolerance: number,
): ReadonlySet<ValueId> {
  const carriers = new Set<ValueId>();
  const leadsToWrong = new Set<ValueId>();
  for (const { inputs, outputs } of graph.nodes.toReversed()) {
    const carries = outputs.some(
      (value) => (found.get(value) ?? 0) > tolerance || leadsToWrong.has(value),
    );
    if (!carries) continue;
    for (const value of inputs) {
      const off = found.get(value);
      if (off === undefined) leadsToWrong.add(value);
      else if (off > tolerance) carriers.add(value);
    }
  }
  return carriers;
}

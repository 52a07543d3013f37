import type { Graph, ValueId } from "../../ir/graph.ts";
import { evaluate } from "../graph/evaluate.ts";
import { firstItem } from "../graph/tensor.ts";
import type { Interpreter } from "../interpreter.ts";
import type { Network } from "../network.ts";
import { sizeOf, type Tensor } from "../tensor.ts";
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

/** What the search runs. */
export interface Suspects {
  readonly graph: Graph;
  readonly network: Network;
  readonly interpreter: Interpreter;
  readonly sample: Sample;
  /** Differences of at least this share count. */
  readonly tolerance: number;
  readonly half: boolean;
  /** Graph outputs that are known to differ, and by how much. */
  readonly wrong: ReadonlyMap<ValueId, number>;
}

/**
 * Runs both models once more, comparing layer by layer in any order of axes, and finds the first layer that is
 * wrong: on the way back from wrong outputs, or, where all outputs are right, one whose error the next layers
 * carry on before it fades. Layers that do not correspond, because one side merged or split them, are passed over;
 * a difference that the next layer heals is none, such as the order of numbers between a flatten and a dense layer.
 */
export function firstDivergence(suspects: Suspects): Divergence | undefined {
  const { graph, wrong, tolerance } = suspects;
  const groups = layerGroups(graph, suspects.network);
  const found = new Map([...compareBlobs(suspects, groups), ...wrong]);
  const isWrong = (value: ValueId): boolean => (found.get(value) ?? 0) > tolerance;
  const suspected =
    wrong.size > 0 ? walkBack(graph, found, tolerance) : carriedOn(graph, found, tolerance);
  const inOrder = [
    ...graph.inputs.map(({ value }) => value),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ];
  const first = inOrder.find((value) => suspected.has(value) && isWrong(value));
  if (first === undefined) return undefined;
  const group = groups.find(({ values }) => values.includes(first));
  return {
    layer: group?.layer ?? "",
    className: group?.origin?.className,
    relative: found.get(first) ?? 0,
  };
}

/** For each value that has a blob of its size, how far the nearest one is away. */
function compareBlobs(
  { graph, interpreter, sample, half }: Suspects,
  groups: readonly LayerGroup[],
): ReadonlyMap<ValueId, number> {
  const wanted = new Set(groups.flatMap(({ values }) => values));
  const values = new Map<ValueId, Float32Array>();
  const shapes = new Map<ValueId, readonly number[]>();
  const batch = batchSize(sample);
  evaluate(graph, sample.keras, (value, tensor) => {
    if (!wanted.has(value)) return;
    const { shape, data } = firstItem(tensor, batch);
    values.set(value, Float32Array.from(data));
    shapes.set(value, shape);
  });
  const owners = new Map(
    groups.flatMap((group) => [...group.blobs].map((one) => [one, group] as const)),
  );
  const found = new Map<ValueId, number>();
  const observe = (name: string, blob: Tensor): void => {
    for (const value of owners.get(name)?.values ?? []) {
      const shape = shapes.get(value) ?? [];
      const off = nearest(values.get(value) ?? new Float32Array(0), shape, blob);
      if (off !== undefined) found.set(value, Math.min(off, found.get(value) ?? off));
    }
  };
  interpreter.run(sample.coreML, { half, observe });
  return found;
}

/** The smallest difference over all ways in which the axes may stand; undefined when there is none. */
function nearest(
  expected: Float32Array,
  shape: readonly number[],
  blob: Tensor,
): number | undefined {
  if (sizeOf(blob.shape) !== expected.length) return undefined;
  const all = arrangements(shape, blob.shape);
  if (all.length === 0) return undefined;
  return Math.min(
    ...all.map((places) => difference(expected, fromBlob(blob, shape, places)).relative),
  );
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

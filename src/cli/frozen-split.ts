import type { Graph } from "../ir/graph.ts";
import { fixInputShapes } from "../passes/fix-input-shapes.ts";
import { type SplitModel, type SplitOptions, splitFrozen } from "../passes/split-frozen.ts";
import { flopsOf } from "../report/flops.ts";
import { featureLength, featureShapes } from "../train/features/frozen-base.ts";

/** A model that is cut where that saves work. */
export interface FrozenSplit extends SplitModel {
  /** Of the features, for one sample. */
  readonly shapes: readonly (readonly number[])[];
  /** Numbers of one sample. */
  readonly length: number;
  /** Layers before the cut, and all. */
  readonly layers: number;
  readonly of: number;
}

/** Less work for each number of the features is done again sooner than the number is read. */
const WORTH = 200;

/** Cuts a model for pictures of a shape, batch left out; undefined where that would save nothing worth speaking of. */
export function worthwhileSplit(
  graph: Graph,
  picture: readonly number[],
  options: SplitOptions,
): FrozenSplit | undefined {
  const [input] = graph.inputs;
  const sized = fixInputShapes(graph, new Map(input === undefined ? [] : [[input.name, picture]]));
  const split = splitFrozen(sized, options);
  if (split === undefined || split.tail.inputs.some((port) => isOpen(split.tail, port.value))) {
    return undefined;
  }
  const shapes = featureShapes(split.tail);
  const length = featureLength(shapes);
  if (workOf(split.base) < WORTH * length) return undefined;
  return { ...split, shapes, length, layers: layersOf(split.base), of: layersOf(graph) };
}

function isOpen({ types }: Graph, value: string): boolean {
  const [, ...sample] = types.get(value)?.shape ?? [];
  return sample.includes(null);
}

/** Floating point operations for one sample; those of layers whose sizes are open are left out. */
function workOf({ nodes, types }: Graph): number {
  const typesOf = (values: readonly string[]) => values.flatMap((value) => types.get(value) ?? []);
  return nodes.reduce(
    (sum, node) => sum + (flopsOf(node, typesOf(node.inputs), typesOf(node.outputs)) ?? 0),
    0,
  );
}

function layersOf({ nodes }: Graph): number {
  return new Set(nodes.map(({ origin }) => origin.layer)).size;
}

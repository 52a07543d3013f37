import type { Graph, Node, ValueId } from "../../ir/graph.ts";
import type { Op } from "../../ir/ops/index.ts";

/**
 * The axes of a value (batch left out) in the order in which Core ML holds them: a picture as channels, height,
 * width, a sequence as steps, channels, a volume as channels, depth, height, width.
 */
export function axisOrder(graph: Graph, value: ValueId): readonly number[] {
  const rank = (graph.types.get(value)?.shape.length ?? 1) - 1;
  const axes = Array.from({ length: Math.max(rank, 0) }, (_, axis) => axis);
  const style = styleOf(graph, value);
  if (style?.channelsFirst === true) return rank === 2 ? [1, 0] : axes;
  if (rank === 3) return [2, 0, 1];
  if (rank === 4) return style?.isVolume === true ? [3, 0, 1, 2] : [0, 3, 1, 2];
  return axes;
}

/** Where channels stand, and whether there are three axes in space. */
interface Style {
  readonly channelsFirst: boolean;
  readonly isVolume: boolean;
}

/** As the last layer before the value sees it that cares, else the first one that reads the model's input. */
function styleOf(graph: Graph, value: ValueId): Style | undefined {
  let current = value;
  for (const { op, inputs, outputs } of graph.nodes.toReversed()) {
    if (!outputs.includes(current)) continue;
    const stated = statedBy(op);
    if (stated !== undefined) return stated;
    // A permute that takes the channels to the end.
    if (op.kind === "permute" && op.dims[1] === 2 && op.dims.at(-1) === 1) return undefined;
    current = inputs[0] ?? "";
  }
  return firstReader(graph.nodes, current);
}

function firstReader(nodes: readonly Node[], value: ValueId): Style | undefined {
  const reached = new Set([value]);
  for (const { op, inputs, outputs } of nodes) {
    if (!inputs.some((one) => reached.has(one))) continue;
    const stated = statedBy(op);
    if (stated !== undefined) return stated;
    if (op.kind === "permute" || op.kind === "reshape") continue;
    for (const one of outputs) reached.add(one);
  }
  return undefined;
}

function statedBy(op: Op): Style | undefined {
  if (!("layout" in op)) return undefined;
  return { channelsFirst: op.layout === "channels-first", isVolume: slides(op) >= 3 };
}

/** Over how many axes a window is larger than one place: layers over time have windows of 1 there. */
function slides(op: Op): number {
  const size = sizeOfWindow(op);
  return size.length < 3 ? size.length : size.filter((length) => length > 1).length;
}

function sizeOfWindow(op: Op): readonly number[] {
  if (op.kind === "pool") return op.poolSize;
  const rank = "strides" in op ? op.strides.length : 0;
  return op.kind === "conv" || op.kind === "convTranspose"
    ? op.weights.kernel.shape.slice(0, rank)
    : [];
}

import type { Graph, Node, ValueId } from "../../ir/graph.ts";
import type { Padding } from "../../ir/ops/conv.ts";
import type { Op } from "../../ir/ops/index.ts";
import { consumersOf } from "../../ir/rewrite.ts";
import type { Orientation } from "./layout.ts";

/** How each value is oriented: as the layer that makes it says, or the first layer that reads it, or as its input. */
export function orientationsOf(graph: Graph): ReadonlyMap<ValueId, Orientation> {
  const consumers = consumersOf(graph);
  const found = new Map<ValueId, Orientation>();
  for (const { value } of graph.inputs) {
    found.set(value, wantedBy(value, consumers) ?? "channels-last");
  }
  for (const node of graph.nodes) {
    const inherited = found.get(node.inputs[0] ?? "") ?? "channels-last";
    const own = statedBy(node.op) ?? afterNode(node.op, inherited);
    for (const value of node.outputs) found.set(value, maskTime(graph, value) ?? own);
  }
  return found;
}

/** Most ops keep the orientation; a permute that takes the channels to the end turns it round. */
function afterNode(op: Op, inherited: Orientation): Orientation {
  if (inherited === "tokens") return "channels-last";
  if (op.kind !== "permute" || inherited !== "channels-first") return inherited;
  const toLast = op.dims.map((_, axis) => (axis === 0 ? 0 : (axis % (op.dims.length - 1)) + 1));
  return op.dims.join() === toLast.join() ? "channels-last" : inherited;
}

/** A boolean value is a mask over time steps. */
function maskTime(graph: Graph, value: ValueId): Orientation | undefined {
  return graph.types.get(value)?.dtype === "bool" ? "tokens" : undefined;
}

/** What the nearest reader that cares says, looking through layers that work on any axis. */
function wantedBy(
  value: ValueId,
  consumers: ReadonlyMap<ValueId, readonly Node[]>,
): Orientation | undefined {
  const seen = new Set<ValueId>([value]);
  const queue = [value];
  for (let at = 0; at < queue.length; at++) {
    for (const node of consumers.get(queue[at] ?? "") ?? []) {
      const stated = node.op.kind === "embedding" ? "tokens" : statedBy(node.op);
      if (stated !== undefined) return stated;
      if (!TRANSPARENT.has(node.op.kind)) continue;
      for (const next of node.outputs) {
        if (!seen.has(next)) queue.push(next);
        seen.add(next);
      }
    }
  }
  return undefined;
}

function statedBy(op: Op): Orientation | undefined {
  if (!("layout" in op)) return undefined;
  const first = op.layout === "channels-first";
  if (isVolume(op)) return first ? "volume-first" : "volume-last";
  return first ? "channels-first" : "channels-last";
}

/** Whether the op slides over three axes at once. */
function isVolume(op: Op): boolean {
  if (op.kind === "conv" || op.kind === "convTranspose") {
    return (
      op.strides.length === 3 &&
      !op.strides.some((_, axis) => isTrivialAxis(op, op.weights.kernel.shape, axis))
    );
  }
  if (op.kind !== "pool" || op.poolSize.length !== 3) return false;
  return !op.poolSize.some((_, axis) => isTrivialAxis(op, op.poolSize, axis));
}

/** Whether a window does nothing along one of its axes: then that axis is as good as a batch. */
export function isTrivialAxis(
  window: {
    readonly strides: readonly number[];
    readonly padding: Padding;
    readonly outputPadding?: readonly number[];
  },
  size: readonly number[],
  axis: number,
): boolean {
  const { padding, strides, outputPadding } = window;
  const [before, after] = typeof padding === "string" ? [0, 0] : (padding[axis] ?? [0, 0]);
  const padded = before !== 0 || after !== 0 || (outputPadding?.[axis] ?? 0) !== 0;
  return size[axis] === 1 && strides[axis] === 1 && !padded;
}

const TRANSPARENT: ReadonlySet<string> = new Set([
  "activation",
  "prelu",
  "unary",
  "batchNorm",
  "affine",
  "layerNorm",
  "groupNorm",
  "unitNorm",
  "merge",
  "concat",
  "pad",
  "crop",
  "slice",
  "noise",
  "applyMask",
]);

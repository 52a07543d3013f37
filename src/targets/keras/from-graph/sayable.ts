import type { Graph, Node, ValueId } from "../../../ir/graph.ts";
import type { Op, OpOf } from "../../../ir/ops/index.ts";
import { type NewNode, type Replacement, rewriteGraph } from "../../../ir/rewrite.ts";
import type { Dim } from "../../../ir/tensor.ts";
import { constantWeight } from "../../../weights/constant.ts";

/**
 * A graph with steps that Keras has no layer for put as those that it has: squares as products, parts of axes as croppings, means over
 * all places as pooling. What has no such form stays.
 */
export function sayableGraph(graph: Graph): Graph {
  return rewriteGraph(graph, (node) => {
    const shape = graph.types.get(node.inputs[0] ?? "")?.shape ?? [];
    return replacement(node, shape);
  });
}

function replacement(node: Node, shape: readonly Dim[]): Replacement {
  const { op } = node;
  switch (op.kind) {
    case "unary":
      return unary(node, op);
    case "reduce":
      return pooled(node, op, shape);
    case "slice":
      return cropped(node, op, shape);
    case "matmul":
      return shape.length === 3
        ? chain(node, [{ kind: "dot", axes: dotAxes(op), normalize: false, weights: {} }])
        : "keep";
    default:
      return "keep";
  }
}

/** Steps one after the other, the first of which takes what the node took. */
function chain({ id, inputs, outputs }: Node, ops: readonly Op[]): Replacement {
  const between = (index: number): ValueId => `${id}/part_${index}`;
  const replace = ops.map(
    (op, index): NewNode => ({
      id: index === 0 ? id : between(index),
      op,
      inputs: index === 0 ? inputs : [between(index - 1)],
      outputs: index === ops.length - 1 ? outputs : [between(index)],
    }),
  );
  return { replace };
}

function unary({ id, inputs, outputs }: Node, op: OpOf<"unary">): Replacement {
  const [x = ""] = inputs;
  const merge = (fn: "multiply" | "maximum", other: ValueId): NewNode => ({
    id,
    op: { kind: "merge", fn, weights: {} },
    inputs: [x, other],
    outputs,
  });
  const scale = constantWeight(`${id}/-1`, [1], [-1]);
  const negation: Op = { kind: "affine", weights: { scale } };
  switch (op.fn) {
    case "square":
      return { replace: [merge("multiply", x)] };
    case "neg":
      return { replace: [{ id, op: negation, inputs, outputs }] };
    case "abs": {
      const negative = `${id}/negative`;
      const step = { id: negative, op: negation, inputs, outputs: [negative] };
      return { replace: [step, merge("maximum", negative)] };
    }
    case "clip": {
      const { min, max = null } = op;
      if (min !== 0 || (max !== null && max <= 0)) return "keep";
      const activation = { fn: "relu", negativeSlope: 0, maxValue: max, threshold: 0 } as const;
      return {
        replace: [{ id, op: { kind: "activation", activation, weights: {} }, inputs, outputs }],
      };
    }
    default:
      return "keep";
  }
}

/** Over all axes between the batch and the channels; a sum is so many times the mean. */
function pooled(
  node: Node,
  { fn, axes, keepDims }: OpOf<"reduce">,
  shape: readonly Dim[],
): Replacement {
  const rank = shape.length;
  const over = [...axes].sort((a, b) => a - b);
  const runs = (first: number): boolean =>
    rank >= 3 &&
    rank <= 5 &&
    over.every((axis, at) => axis === at + first) &&
    over.length === rank - 2;
  const layout = runs(1) ? "channels-last" : runs(2) ? "channels-first" : undefined;
  const kind = fn === "max" ? "max" : fn === "mean" || fn === "sum" ? "average" : undefined;
  if (layout === undefined || kind === undefined) return "keep";
  const sizes = over.map((axis) => shape[axis] ?? null);
  const count = sizes.reduce((all, size) => (all === null || size === null ? null : all * size), 1);
  if (fn === "sum" && count === null) return "keep";
  const scale = constantWeight(`${node.id}/${count}`, [1], [count ?? 1]);
  const channels = shape[layout === "channels-last" ? rank - 1 : 1] ?? null;
  const ones = over.map(() => 1);
  const kept = layout === "channels-last" ? [...ones, channels] : [channels, ...ones];
  return chain(node, [
    { kind: "globalPool", fn: kind, keepDims: false, layout, masked: false, weights: {} },
    ...(fn === "sum" ? [{ kind: "affine", weights: { scale } } as const] : []),
    ...(keepDims ? [{ kind: "reshape", shape: kept, weights: {} } as const] : []),
  ]);
}

/** What is cut off on both sides; an axis of one element is put behind where Keras' croppings would not reach the last one. */
function cropped(
  node: Node,
  { starts, ends, steps }: OpOf<"slice">,
  shape: readonly Dim[],
): Replacement {
  const amounts = shape.map((size, axis): readonly [number, number] | undefined => {
    const [start = 0, end = null] = [starts[axis], ends[axis]];
    if (end === null) return [start, 0];
    return size === null ? undefined : [start, Math.max(0, size - end)];
  });
  const known = amounts.flatMap((amount) => (amount === undefined ? [] : [amount]));
  if (steps.some((step) => step !== 1) || known.length < shape.length) return "keep";
  const last = known.at(-1) ?? [0, 0];
  const rank = shape.length;
  if (rank >= 3 && rank <= 5 && last.every((amount) => amount === 0)) {
    return chain(node, [{ kind: "crop", amounts: known, weights: {} }]);
  }
  const sizes = shape.slice(1);
  if (rank > 4 || sizes.includes(null)) return "keep";
  const left = sizes.map((size, at) => {
    const [before, after] = known[at + 1] ?? [0, 0];
    return (size ?? 0) - before - after;
  });
  return chain(node, [
    { kind: "reshape", shape: [...sizes, 1], weights: {} },
    { kind: "crop", amounts: [...known, [0, 0]], weights: {} },
    { kind: "reshape", shape: left, weights: {} },
  ]);
}

function dotAxes({ transposeA, transposeB }: OpOf<"matmul">): readonly [number, number] {
  return [transposeA ? 1 : 2, transposeB ? 2 : 1];
}

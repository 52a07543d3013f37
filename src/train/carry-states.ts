import { fail } from "../errors.ts";
import type { Graph, Node, ValueId } from "../ir/graph.ts";
import type { RecurrentOp } from "../ir/ops/recurrent.ts";
import { withNodes } from "../ir/rewrite.ts";
import type { TensorType } from "../ir/tensor.ts";
import { generationOf } from "./keras-generation.ts";

/** A model whose layers get their states as inputs and give them as outputs. */
export interface CarriedStates {
  /** The model's own inputs and outputs come first, then one for each of the states. */
  readonly graph: Graph;
  /** Numbers of a state for each sample. */
  readonly sizes: readonly number[];
}

/**
 * Makes states that layers keep from batch to batch inputs and outputs of the model. Throws `unsupported` for a layer that is
 * used several times, whose uses share their states.
 */
export function carryStates(graph: Graph): CarriedStates {
  if (!graph.nodes.some(({ op }) => op.kind === "recurrent" && op.stateful)) {
    return { graph, sizes: [] };
  }
  const added: { readonly from: ValueId; readonly to: ValueId; readonly size: number }[] = [];
  const nodes = graph.nodes.map((node): Node => {
    const { op } = node;
    if (op.kind !== "recurrent" || !op.stateful) return node;
    // States that come from elsewhere are taken instead of the kept ones.
    if (op.initialState || isForgotten(node, graph))
      return { ...node, op: { ...op, stateful: false } };
    if (node.origin.call > 0) refuseShared(node);
    const states = Array.from({ length: countOf(op) }, (_, index) => ({
      from: `${node.id}/state_${index}`,
      to: node.outputs[mainOutputs(op) + index] ?? `${node.id}/next_${index}`,
      size: op.units,
    }));
    added.push(...states);
    const [sequence = "", ...mask] = node.inputs;
    return {
      ...node,
      op: { ...op, stateful: false, initialState: true, returnState: true },
      inputs: [sequence, ...states.map(({ from }) => from), ...mask],
      outputs: [...node.outputs.slice(0, mainOutputs(op)), ...states.map(({ to }) => to)],
    };
  });
  const ports = (key: "from" | "to") => added.map((one) => ({ name: one[key], value: one[key] }));
  const types = new Map<ValueId, TensorType>(graph.types);
  for (const { from, size } of added) types.set(from, { dtype: "float32", shape: [null, size] });
  const inputs = [...graph.inputs, ...ports("from")];
  return {
    graph: withNodes({ ...graph, inputs, types }, nodes, [...graph.outputs, ...ports("to")]),
    sizes: added.map(({ size }) => size),
  };
}

/**
 * Stand-alone Keras looks for the updates of Bidirectional in the layer that was wrapped, and not in the two that run: their states
 * stay zeros.
 * @see keras/layers/wrappers.py `Wrapper.get_updates_for` (2.1.6, 2.2.4)
 */
function isForgotten({ op }: Node, { source }: Graph): boolean {
  const both = op.kind === "recurrent" && op.direction === "bidirectional";
  return both && generationOf(source.version).kind === "standalone";
}

function countOf({ cell, direction }: RecurrentOp): number {
  return (cell === "lstm" ? 2 : 1) * (direction === "bidirectional" ? 2 : 1);
}

function mainOutputs({ direction, merge }: RecurrentOp): number {
  return direction === "bidirectional" && merge === null ? 2 : 1;
}

function refuseShared({ origin: { layer, className } }: Node): never {
  return fail("unsupported", "it keeps its states and is used several times.", {
    at: { layer, className },
  });
}

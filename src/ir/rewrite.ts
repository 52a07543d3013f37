import type { Graph, GraphPort, Node, ValueId } from "./graph.ts";
import { inferOp } from "./infer.ts";
import type { Op } from "./ops/index.ts";
import type { TensorType } from "./tensor.ts";
import { verifyGraph } from "./verify.ts";

/** What a pass does with one node. */
export type Replacement =
  /** Left as it is. */
  | "keep"
  /** Taken out; all that read its outputs read these values instead, output by output. */
  | { readonly remove: readonly ValueId[] }
  /** These nodes in its place; together they must make all of its outputs, under the same value ids. */
  | { readonly replace: readonly NewNode[] };

/** A node of a rewritten graph; types are inferred. */
export interface NewNode {
  readonly id: string;
  readonly op: Op;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** Left out: the replaced node's. */
  readonly origin?: Node["origin"];
}

/**
 * A new graph with each node kept, removed or replaced, in one walk in running order. `choose` sees nodes
 * whose inputs are already remapped. Types are inferred anew and the result is verified and frozen.
 */
export function rewriteGraph(graph: Graph, choose: (node: Node) => Replacement): Graph {
  const renamed = new Map<ValueId, ValueId>();
  const current = (value: ValueId): ValueId => renamed.get(value) ?? value;
  const nodes: Node[] = [];
  for (const old of graph.nodes) {
    const node = { ...old, inputs: old.inputs.map(current) };
    const choice = choose(node);
    if (choice === "keep") nodes.push(node);
    else if ("remove" in choice) {
      node.outputs.forEach((value, index) => {
        renamed.set(value, current(choice.remove[index] ?? value));
      });
    } else {
      for (const step of choice.replace) nodes.push({ origin: old.origin, ...step });
    }
  }
  const outputs = graph.outputs.map((port) => ({ ...port, value: current(port.value) }));
  return withNodes(graph, nodes, outputs);
}

/** A copy of the graph with other nodes (in running order): types inferred, verified, frozen. */
export function withNodes(
  graph: Graph,
  nodes: readonly Node[],
  outputs: readonly GraphPort[] = graph.outputs,
): Graph {
  const types = new Map<ValueId, TensorType>();
  for (const { value } of graph.inputs) copyType(graph.types, types, value);
  for (const node of nodes) {
    const inputs = node.inputs
      .map((value) => types.get(value))
      .filter((type) => type !== undefined);
    // A node that reads what nothing makes: verification will say so.
    if (inputs.length !== node.inputs.length) continue;
    const inferred = inferOp(node.op, inputs);
    node.outputs.forEach((value, index) => {
      const type = inferred[index];
      if (type !== undefined) types.set(value, type);
    });
  }
  const result = freezeGraph({ ...graph, nodes, outputs, types });
  verifyGraph(result);
  return result;
}

/** Drops nodes that no output depends on. */
export function dropUnused(graph: Graph): Graph {
  const used = new Set(graph.outputs.map((port) => port.value));
  const nodes = [...graph.nodes].reverse();
  const kept = nodes.filter((node) => {
    const needed = node.outputs.some((value) => used.has(value));
    if (needed) for (const value of node.inputs) used.add(value);
    return needed;
  });
  return kept.length === nodes.length ? graph : withNodes(graph, kept.reverse());
}

/** All nodes that read each value, in running order. */
export function consumersOf(graph: Graph): ReadonlyMap<ValueId, readonly Node[]> {
  const consumers = new Map<ValueId, Node[]>();
  for (const node of graph.nodes) {
    for (const value of new Set(node.inputs)) {
      const list = consumers.get(value);
      if (list === undefined) consumers.set(value, [node]);
      else list.push(node);
    }
  }
  return consumers;
}

/** The node that makes each value; graph inputs have none. */
export function producersOf(graph: Graph): ReadonlyMap<ValueId, Node> {
  return new Map(
    graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)),
  );
}

/** Freezes a graph with all its lists and nodes. */
export function freezeGraph(graph: Graph): Graph {
  for (const node of graph.nodes) {
    Object.freeze(node.inputs);
    Object.freeze(node.outputs);
    Object.freeze(node);
  }
  for (const list of [graph.inputs, graph.outputs, graph.nodes]) Object.freeze(list);
  return Object.freeze(graph);
}

function copyType(
  from: ReadonlyMap<ValueId, TensorType>,
  to: Map<ValueId, TensorType>,
  value: ValueId,
): void {
  const type = from.get(value);
  if (type !== undefined) to.set(value, type);
}

import { fail } from "../../errors.ts";
import type { Graph, Node, ValueId } from "../../ir/graph.ts";
import type { Op, OpKind, OpOf } from "../../ir/ops/index.ts";
import { formatShape } from "../../ir/tensor.ts";
import { evaluators } from "./evaluators.ts";
import type { Tensor } from "./tensor.ts";

/** One output of the model. */
export interface NamedTensor extends Tensor {
  readonly name: string;
}

/** Sees every value as it is made, graph inputs first. */
export type ValueObserver = (value: ValueId, tensor: Tensor) => void;

/**
 * Runs a graph in float64, step by step as the comments of the ops define them: no tricks, so that it can
 * be checked by reading. Inputs go by name, batch first; outputs come in the order of the graph's. A value is
 * dropped after its last reader.
 *
 * Throws `bad-option` for inputs that are missing or of another shape, `unsupported` for layers without a meaning.
 */
export function evaluate(
  graph: Graph,
  inputs: ReadonlyMap<string, Tensor>,
  observe: ValueObserver = () => {},
): readonly NamedTensor[] {
  const values = new Map<ValueId, Tensor>();
  const get = (value: ValueId): Tensor =>
    values.get(value) ?? fail("internal", `The value "${value}" is read before it is made.`);
  const set = (value: ValueId, tensor: Tensor): void => {
    values.set(value, tensor);
    observe(value, tensor);
  };
  for (const { name, value } of graph.inputs) set(value, inputOf(graph, inputs, name, value));
  const lastReader = lastReaders(graph);
  graph.nodes.forEach((node, index) => {
    const outputs = runNode(graph, node, node.inputs.map(get));
    node.outputs.forEach((value, at) => {
      const tensor = outputs[at];
      if (tensor !== undefined) set(value, tensor);
    });
    for (const value of node.inputs) if (lastReader.get(value) === index) values.delete(value);
  });
  return graph.outputs.map(({ name, value }) => ({ name, ...get(value) }));
}

/** What one op gives for these inputs. */
export function run(op: Op, inputs: readonly Tensor[]): readonly Tensor[] {
  return runKind(op.kind, op, inputs);
}

function runKind<K extends OpKind>(
  kind: K,
  op: OpOf<K>,
  inputs: readonly Tensor[],
): readonly Tensor[] {
  return evaluators[kind](op, inputs);
}

function runNode(graph: Graph, node: Node, inputs: readonly Tensor[]): readonly Tensor[] {
  const { origin, outputs, op } = node;
  const at = { layer: origin.layer, className: origin.className };
  if (op.kind === "custom") {
    return fail("unsupported", "what it computes is not known here.", { at });
  }
  const results = run(op, inputs);
  outputs.forEach((value, index) => {
    const { shape = [] } = results[index] ?? {};
    if (isStated(graph, value, shape)) return;
    const stated = formatShape(graph.types.get(value)?.shape ?? []);
    fail("internal", `"${value}" is ${formatShape(shape)}, stated as ${stated}.`, { at });
  });
  return results;
}

function inputOf(
  graph: Graph,
  inputs: ReadonlyMap<string, Tensor>,
  name: string,
  value: ValueId,
): Tensor {
  const tensor = inputs.get(name);
  if (tensor === undefined) return fail("bad-option", `Input "${name}" is missing.`);
  if (isStated(graph, value, tensor.shape)) return tensor;
  const stated = formatShape(graph.types.get(value)?.shape ?? []);
  return fail(
    "bad-option",
    `Input "${name}" has shape ${formatShape(tensor.shape)}, expected ${stated}.`,
  );
}

/** Index of the last node that reads each value; outputs of the model are kept. */
function lastReaders(graph: Graph): ReadonlyMap<ValueId, number> {
  const last = new Map<ValueId, number>();
  graph.nodes.forEach((node, index) => {
    for (const value of node.inputs) last.set(value, index);
  });
  for (const { value } of graph.outputs) last.delete(value);
  return last;
}

/** Whether a value has the shape that the graph states. */
function isStated(graph: Graph, value: ValueId, shape: readonly number[]): boolean {
  const stated = graph.types.get(value)?.shape ?? [];
  return (
    stated.length === shape.length &&
    stated.every((dim, axis) => dim === null || dim === shape[axis])
  );
}

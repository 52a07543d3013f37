import { fail } from "../errors.ts";
import type { Graph, Node, ValueId } from "./graph.ts";
import { inferOp } from "./infer.ts";
import { sameShape } from "./ops/expect.ts";
import { formatShape, type TensorType } from "./tensor.ts";

/**
 * Throws `internal` unless the graph is sound: unique ids, every value made once and before its use, every
 * type what its op infers, every output made. A failure is a fault of the builder or of a pass.
 */
export function verifyGraph(graph: Graph): void {
  const made = new Set<ValueId>();
  const ids = new Set<string>();
  for (const port of graph.inputs) make(graph, made, port.value, "the inputs");
  for (const node of graph.nodes) {
    if (ids.has(node.id)) unsound(graph, `two nodes are called "${node.id}"`);
    ids.add(node.id);
    for (const value of node.inputs) {
      if (!made.has(value)) unsound(graph, `"${node.id}" uses "${value}" before it is made`);
    }
    for (const value of node.outputs) make(graph, made, value, `"${node.id}"`);
    checkTypes(graph, node);
  }
  for (const port of graph.outputs) {
    if (!made.has(port.value)) unsound(graph, `the output "${port.name}" is never made`);
  }
  for (const value of graph.types.keys()) {
    if (!made.has(value)) unsound(graph, `a type is stated for "${value}", which nothing makes`);
  }
}

function make(graph: Graph, made: Set<ValueId>, value: ValueId, maker: string): void {
  if (made.has(value)) unsound(graph, `${maker} makes "${value}" a second time`);
  made.add(value);
}

function checkTypes(graph: Graph, node: Node): void {
  const typeOf = (value: ValueId): TensorType =>
    graph.types.get(value) ?? unsound(graph, `"${value}" has no type`);
  const inferred = inferOp(node.op, node.inputs.map(typeOf));
  if (inferred.length !== node.outputs.length) {
    unsound(graph, `"${node.id}" has ${node.outputs.length} outputs instead of ${inferred.length}`);
  }
  inferred.forEach((type, index) => {
    const stated = typeOf(node.outputs[index] ?? "");
    if (stated.dtype === type.dtype && sameShape(stated.shape, type.shape)) return;
    unsound(
      graph,
      `"${node.id}" states ${stated.dtype} ${formatShape(stated.shape)} but gives ${type.dtype} ${formatShape(type.shape)}`,
    );
  });
}

function unsound(graph: Graph, what: string): never {
  return fail("internal", `The graph "${graph.name}" is not sound: ${what}.`, {
    hint: "This is a fault of this program; please report it.",
  });
}

import type { Graph } from "../../src/ir/graph.ts";
import type { Op, OpKind, OpOf } from "../../src/ir/ops/index.ts";
import { evaluators } from "./evaluators.ts";
import type { Tensor } from "./tensor.ts";

/** One output of the model. */
export interface NamedTensor extends Tensor {
  readonly name: string;
}

/**
 * Runs a graph in float64, step by step as the comments of the ops define them: no tricks, so that it can
 * be checked by reading. Outputs come in the order of the graph's.
 */
export function evaluate(
  graph: Graph,
  inputs: ReadonlyMap<string, Tensor>,
): readonly NamedTensor[] {
  const values = new Map<string, Tensor>();
  const get = (value: string): Tensor => {
    const tensor = values.get(value);
    if (tensor === undefined) throw new Error(`"${value}" has no value`);
    return tensor;
  };
  for (const { name, value } of graph.inputs) {
    const tensor = inputs.get(name);
    if (tensor === undefined) throw new Error(`no input "${name}"`);
    checkShape(graph, value, tensor);
    values.set(value, tensor);
  }
  for (const node of graph.nodes) {
    const outputs = run(node.op, node.inputs.map(get));
    node.outputs.forEach((value, index) => {
      const tensor = outputs[index];
      if (tensor === undefined) throw new Error(`"${node.id}" made no output ${index}`);
      checkShape(graph, value, tensor);
      values.set(value, tensor);
    });
  }
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

/** Every value must have the shape that the graph states. */
function checkShape(graph: Graph, value: string, tensor: Tensor): void {
  const stated = graph.types.get(value)?.shape ?? [];
  const fits =
    stated.length === tensor.shape.length &&
    stated.every((dim, axis) => dim === null || dim === tensor.shape[axis]);
  if (!fits) {
    throw new Error(`"${value}" is (${tensor.shape.join(", ")}), stated as (${stated.join(", ")})`);
  }
}

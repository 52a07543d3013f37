import { fail, KcError } from "../errors.ts";
import type { GraphBuilder, GraphHead } from "./build.ts";
import type { Graph, GraphPort, Node, Origin, ValueId } from "./graph.ts";
import { inferOp } from "./infer.ts";
import type { Op } from "./ops/index.ts";
import { freezeGraph } from "./rewrite.ts";
import type { TensorType } from "./tensor.ts";
import { verifyGraph } from "./verify.ts";

/** A builder for a new graph. Node and value ids come from the layers' names. */
export function createBuilder(head: GraphHead): GraphBuilder {
  const inputs: GraphPort[] = [];
  const nodes: Node[] = [];
  const types = new Map<ValueId, TensorType>();
  const nodeIds = new Set<string>();
  const typeOf = (value: ValueId): TensorType =>
    types.get(value) ?? fail("internal", `No value "${value}" exists in the graph.`);
  return {
    typeOf,
    input(name, type) {
      const value = unused(name, (id) => types.has(id));
      types.set(value, type);
      inputs.push(Object.freeze({ name, value }));
      return value;
    },
    add(op, values, origin) {
      const outputTypes = inferAt(op, values.map(typeOf), origin);
      const id = unused(nodeName(op, origin, nodeIds), (name) => nodeIds.has(name));
      nodeIds.add(id);
      const outputs = outputTypes.map((type, index) => {
        const value = unused(index === 0 ? id : `${id}:${index}`, (name) => types.has(name));
        types.set(value, type);
        return value;
      });
      nodes.push({ id, op, origin, inputs: [...values], outputs });
      return outputs;
    },
    finish(outputs): Graph {
      const graph = freezeGraph({ ...head, inputs, outputs, nodes, types });
      verifyGraph(graph);
      return graph;
    },
  };
}

/** `conv1` for the first step of a layer, `conv1/activation` for later ones; `conv1_1` for its second call. */
function nodeName(op: Op, origin: Origin, taken: ReadonlySet<string>): string {
  const base = origin.call === 0 ? origin.layer : `${origin.layer}_${origin.call}`;
  return taken.has(base) ? `${base}/${op.kind}` : base;
}

function unused(name: string, taken: (name: string) => boolean): string {
  if (!taken(name)) return name;
  let count = 1;
  while (taken(`${name}_${count}`)) count++;
  return `${name}_${count}`;
}

/** Infers, and puts the layer's name on what is thrown. */
function inferAt(op: Op, inputs: readonly TensorType[], origin: Origin): readonly TensorType[] {
  try {
    return inferOp(op, inputs);
  } catch (error) {
    if (!(error instanceof KcError) || error.at.layer !== undefined) throw error;
    const at = { layer: origin.layer, className: origin.className };
    const [first] = error.diagnostics;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return fail(error.code, first?.text ?? "", { at, ...hint, cause: error });
  }
}

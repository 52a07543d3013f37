import type { Graph, Node, ValueId } from "../../../ir/graph.ts";
import type { Activation } from "../../../ir/ops/activation.ts";
import type { OpKind } from "../../../ir/ops/index.ts";
import { consumersOf } from "../../../ir/rewrite.ts";
import { activationName } from "./activation-name.ts";

/** An activation that a layer carries in its config, as Keras had it. */
export interface FusedActivation {
  readonly name: string;
  /** The node whose work that is. */
  readonly id: string;
  readonly outputs: readonly ValueId[];
}

/** Layers of tfjs that take an activation. */
const CARRYING: ReadonlySet<OpKind> = new Set<OpKind>([
  "conv",
  "convTranspose",
  "depthwiseConv",
  "dense",
]);

/** Activations that follow a node of the same Keras layer alone, by that node's id. */
export function fusedActivations(graph: Graph): ReadonlyMap<string, FusedActivation> {
  const consumers = consumersOf(graph);
  const visible = new Set(graph.outputs.map(({ value }) => value));
  return new Map(
    graph.nodes.flatMap((node) => {
      const [value = ""] = node.outputs;
      const readers = consumers.get(value) ?? [];
      const [reader] = readers;
      if (!CARRYING.has(node.op.kind) || visible.has(value) || readers.length !== 1) return [];
      if (reader?.op.kind !== "activation" || !sameCall(node, reader)) return [];
      const rank = graph.types.get(value)?.shape.length ?? 0;
      const name = nameOf(reader.op.activation, rank);
      if (name === undefined) return [];
      return [[node.id, { name, id: reader.id, outputs: reader.outputs }] as const];
    }),
  );
}

function nameOf(f: Activation, rank: number): string | undefined {
  return f.fn === "softmax" && f.axis === rank - 1 ? "softmax" : activationName(f);
}

function sameCall(a: Node, b: Node): boolean {
  return a.origin.layer === b.origin.layer && a.origin.call === b.origin.call;
}

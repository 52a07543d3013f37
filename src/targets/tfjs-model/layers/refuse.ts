import { fail } from "../../../errors.ts";
import type { Node } from "../../../ir/graph.ts";
import type { Dim } from "../../../ir/tensor.ts";

/** What a user can do about a layer that tfjs has no words for. */
const WAY_OUT = "Write a graph model, which knows more operations: --to tfjs-graph.";

/** Throws `unsupported`, naming the layer. */
export function refuse(node: Node, reason: string): never {
  const { layer, className } = node.origin;
  return fail("unsupported", reason, { at: { layer, className }, hint: WAY_OUT });
}

/** A size that must be known to write the layer. */
export function knownSize(node: Node, dim: Dim | undefined, what: string): number {
  return dim ?? refuse(node, `${what} must be known, but is free.`);
}

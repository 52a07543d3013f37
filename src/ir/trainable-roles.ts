import type { Node } from "./graph.ts";
import type { WeightRef } from "./tensor.ts";

/** Weights of a node that a gradient changes; moving statistics and constants are none. */
export function trainableRoles({ op }: Node): readonly (readonly [string, WeightRef])[] {
  if (op.kind === "constant" || (op.kind === "affine" && op.learned !== true)) return [];
  const entries = Object.entries<WeightRef | undefined>(op.weights);
  return entries.flatMap(([role, ref]) =>
    ref === undefined || ref.constant === true || STATISTICS.has(role)
      ? []
      : [[role, ref] as const],
  );
}

/** Whether a gradient changes a weight of this node. */
export function isTrained(node: Node): boolean {
  return node.origin.trainable && trainableRoles(node).length > 0;
}

const STATISTICS: ReadonlySet<string> = new Set(["mean", "variance"]);

import { fail } from "../errors.ts";
import type { Node } from "../ir/graph.ts";
import { type Dim, formatShape } from "../ir/tensor.ts";

/** What to do about a layer that cannot be expressed, where nothing better can be said. */
export const WAY_OUT =
  "Change the layer in Keras, or supply one of your own that is made of other layers (--custom FILE.mjs).";

/** Throws `unsupported`, naming the layer. A target collects these and reports them all at once. */
export function refuse(node: Node, reason: string, hint = WAY_OUT): never {
  const at = { layer: node.origin.layer, className: node.origin.className };
  return fail("unsupported", reason, { at, hint });
}

/** A size that must be known here. Throws `unsupported` when it is free. */
export function knownSize(node: Node, shape: readonly Dim[], axis: number, what: string): number {
  const dim = shape[axis];
  if (typeof dim === "number") return dim;
  return refuse(
    node,
    `${what} must be known, but axis ${axis} of ${formatShape(shape)} is free.`,
    "Fix the input's size with --input-shape.",
  );
}

import { type Diagnostics, KcError } from "../errors.ts";
import type { Node } from "../ir/graph.ts";
import type { OpKind, OpOf } from "../ir/ops/index.ts";
import type { Emitters, Unsupported } from "./target.ts";

/** A target's words for every op, and how it refuses a layer for which it has none. */
export interface Vocabulary<Context> {
  readonly emitters: Emitters<Context>;
  refuse(node: Node, reason: string): never;
}

/** Says one node in the target's words. Throws `unsupported` where there are none. */
export function emitNode<Context>(
  vocabulary: Vocabulary<Context>,
  node: Node,
  context: Context,
): void {
  emitKind(vocabulary, node.op.kind, { node, context });
}

/** Does the work; the layers that it cannot express are logged, to be reported together. */
export function logUnsupported(log: Diagnostics, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "unsupported") throw error;
    for (const diagnostic of error.diagnostics) log.error(diagnostic);
  }
}

function emitKind<K extends OpKind, Context>(
  { emitters, refuse }: Vocabulary<Context>,
  kind: K,
  { node, context }: { readonly node: Node<OpOf<K>>; readonly context: Context },
): void {
  const emitter = emitters[kind];
  if (isUnsupported(emitter)) refuse(node, emitter.unsupported);
  else emitter(node, context);
}

function isUnsupported(emitter: unknown): emitter is Unsupported {
  return typeof emitter === "object" && emitter !== null && "unsupported" in emitter;
}

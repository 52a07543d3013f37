import type { Node } from "../ir/graph.ts";
import type { OpKind, OpOf } from "../ir/ops/index.ts";

/** Why a target cannot express an op: the user's error and the cell of the support table. */
export interface Unsupported {
  readonly unsupported: string;
}

/** Says one op in the target's words. */
export type Emitter<K extends OpKind, Context> = (node: Node<OpOf<K>>, context: Context) => void;

/** One answer for every op; a missing one does not compile. */
export type Emitters<Context> = { readonly [K in OpKind]: Emitter<K, Context> | Unsupported };

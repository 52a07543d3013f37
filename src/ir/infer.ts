import type { Op } from "./ops/index.ts";
import { type OpKind, type OpOf, opDefs } from "./ops/index.ts";
import type { TensorType } from "./tensor.ts";

/** Output types of any op. Throws `bad-shape` when its inputs or weights do not fit. */
export function inferOp(op: Op, inputs: readonly TensorType[]): readonly TensorType[] {
  return inferKind(op.kind, op, inputs);
}

function inferKind<K extends OpKind>(
  kind: K,
  op: OpOf<K>,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  return opDefs[kind].infer(op, inputs);
}

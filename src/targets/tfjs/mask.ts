import {
  any,
  cast,
  mul,
  notEqual,
  reshape,
  type Tensor,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import type { ApplyMaskOp, NotEqualMaskOp } from "../../ir/ops/mask.ts";
import { type Computed, computed, tensorAt } from "./forward.ts";

/** 1 where the input is not the masked value, else 0. */
export function notEqualMask(op: NotEqualMaskOp, inputs: readonly Tensor[]): Computed {
  const different = notEqual(tensorAt(inputs, 0), op.value);
  const kept = cast(op.reduceLast ? any(different, -1) : different, "float32");
  // The backend webgpu only calls the whole numbers by another name, which not all of its kernels know; products it makes anew.
  return computed(mul(kept, 1));
}

/** 0 where the mask is. */
export function applyMask(_op: ApplyMaskOp, inputs: readonly Tensor[]): Computed {
  const x = tensorAt(inputs, 0);
  const mask = tensorAt(inputs, 1);
  const trailing = new Array<number>(x.rank - mask.rank).fill(1);
  const kept = notEqual(reshape(mask, [...mask.shape, ...trailing]), 0);
  return computed(where(kept, x, zerosLike(x)));
}

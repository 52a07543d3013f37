import { fail } from "../../errors.ts";
import type { OpKind, OpOf } from "../../ir/ops/index.ts";
import { activation, prelu, unary } from "./activation.ts";
import { conv, convTranspose, depthwiseConv, locallyConnected } from "./conv.ts";
import { dense, dot, embedding, matmul } from "./dense.ts";
import { concat, merge } from "./merge.ts";
import { affine, batchNorm, groupNorm, layerNorm, unitNorm } from "./norm.ts";
import { globalPool, pool, reduce } from "./pool.ts";
import { convLstm, recurrent } from "./recurrent.ts";
import { resize } from "./resize.ts";
import {
  applyMask,
  constant,
  crop,
  notEqualMask,
  pad,
  permute,
  repeat,
  reshapeOp,
  slice,
} from "./shape.ts";
import { only, type Tensor } from "./tensor.ts";

type Evaluators = {
  readonly [K in OpKind]: (op: OpOf<K>, inputs: readonly Tensor[]) => readonly Tensor[];
};

/** Every op, in float64. */
export const evaluators: Evaluators = {
  conv,
  depthwiseConv,
  convTranspose,
  locallyConnected,
  dense,
  matmul,
  dot,
  embedding,
  pool,
  globalPool,
  reduce,
  batchNorm,
  layerNorm,
  groupNorm,
  unitNorm,
  affine,
  activation,
  prelu,
  unary,
  merge,
  concat,
  reshape: reshapeOp,
  permute,
  repeat,
  pad,
  crop,
  slice,
  resize,
  constant,
  notEqualMask,
  applyMask,
  recurrent,
  convLstm,
  noise: (_op, inputs) => [only(inputs)],
  custom: (op) => fail("unsupported", `What ${op.className} computes is not known here.`),
};

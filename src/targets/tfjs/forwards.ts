import { activation, prelu, unary } from "./activation.ts";
import { conv, convTranspose, depthwiseConv, locallyConnected } from "./conv.ts";
import { convLstm } from "./conv-lstm.ts";
import { dense, dot, embedding, matmul } from "./dense.ts";
import type { Forwards } from "./forward.ts";
import { applyMask, notEqualMask } from "./mask.ts";
import { concat, merge } from "./merge.ts";
import { noise } from "./noise.ts";
import { affine, batchNorm, groupNorm, layerNorm, unitNorm } from "./norm.ts";
import { crop, pad, slice } from "./pad.ts";
import { globalPool, pool, reduce } from "./pool.ts";
import { recurrent } from "./recurrent.ts";
import { resize } from "./resize.ts";
import { constant, permute, repeat, reshape } from "./shape.ts";

/** What each op computes over tfjs core ops. */
export const forwards: Forwards = {
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
  reshape,
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
  noise,
  custom: { unsupported: "what it computes is not known here." },
};

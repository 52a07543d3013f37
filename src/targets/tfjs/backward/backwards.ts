import type { OpKind, OpOf } from "../../../ir/ops/index.ts";
import type { Unsupported } from "../../target.ts";
import { activationBackward } from "./activation.ts";
import type { Backward } from "./backward.ts";
import { convBackward, depthwiseConvBackward } from "./conv.ts";
import { denseBackward } from "./dense.ts";
import { concatBackward, mergeBackward } from "./merge.ts";
import { affineBackward, batchNormBackward } from "./norm.ts";
import { globalPoolBackward, poolBackward } from "./pool.ts";
import {
  cropBackward,
  noiseBackward,
  padBackward,
  permuteBackward,
  repeatBackward,
  reshapeBackward,
} from "./shape.ts";

/** One answer for every op; a missing one does not compile. */
export type Backwards = { readonly [K in OpKind]: Backward<OpOf<K>> | Unsupported };

const LATER = { unsupported: "it cannot be trained through yet; freeze it and all before it." };

/** How each op passes a gradient on. */
export const backwards: Backwards = {
  conv: convBackward,
  depthwiseConv: depthwiseConvBackward,
  convTranspose: LATER,
  locallyConnected: LATER,
  dense: denseBackward,
  matmul: LATER,
  dot: LATER,
  embedding: LATER,
  pool: poolBackward,
  globalPool: globalPoolBackward,
  reduce: LATER,
  batchNorm: batchNormBackward,
  layerNorm: LATER,
  groupNorm: LATER,
  unitNorm: LATER,
  affine: affineBackward,
  activation: activationBackward,
  prelu: LATER,
  unary: LATER,
  merge: mergeBackward,
  concat: concatBackward,
  reshape: reshapeBackward,
  permute: permuteBackward,
  repeat: repeatBackward,
  pad: padBackward,
  crop: cropBackward,
  slice: LATER,
  resize: LATER,
  constant: LATER,
  notEqualMask: LATER,
  applyMask: LATER,
  recurrent: LATER,
  convLstm: LATER,
  noise: noiseBackward,
  custom: { unsupported: "what it computes is not known here." },
};

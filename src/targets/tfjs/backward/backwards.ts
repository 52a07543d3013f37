import type { Op, OpKind, OpOf } from "../../../ir/ops/index.ts";
import type { Unsupported } from "../../target.ts";
import { prelu, unary } from "../activation.ts";
import { convTranspose, locallyConnected } from "../conv.ts";
import { convLstmDropping } from "../conv-lstm.ts";
import { dot, matmul } from "../dense.ts";
import { applyMask } from "../mask.ts";
import { groupNorm, layerNorm, unitNorm } from "../norm.ts";
import { slice } from "../pad.ts";
import { reduce } from "../pool.ts";
import { recurrentDropping } from "../recurrent.ts";
import { activationBackward } from "./activation.ts";
import type { Backward } from "./backward.ts";
import { convBackward, depthwiseConvBackward } from "./conv.ts";
import { denseBackward, embeddingBackward } from "./dense.ts";
import { concatBackward, mergeBackward } from "./merge.ts";
import { affineBackward, batchNormBackward } from "./norm.ts";
import { globalPoolBackward, poolBackward } from "./pool.ts";
import { resizeBackward } from "./resize.ts";
import {
  cropBackward,
  noiseBackward,
  padBackward,
  permuteBackward,
  repeatBackward,
  reshapeBackward,
} from "./shape.ts";
import { taped, tapedAgain } from "./taped.ts";

/** One answer for every op; a missing one does not compile. */
export type Backwards = { readonly [K in OpKind]: Backward<OpOf<K>> | Unsupported };

/** What nothing flows through: it gives truth values or constants. */
const STOPS: Backward<Op> = {
  reads: () => "nothing",
  gradients: () => ({ inputs: [], weights: [] }),
};

/** A mask is the last input. */
const recurrentBackward = tapedAgain<OpOf<"recurrent">>(
  recurrentDropping,
  ({ masked, initialState, cell, direction }, input) => {
    const states = (cell === "lstm" ? 2 : 1) * (direction === "bidirectional" ? 2 : 1);
    return !masked || input < (initialState ? 1 + states : 1);
  },
);

/** How each op passes a gradient on. */
export const backwards: Backwards = {
  conv: convBackward,
  depthwiseConv: depthwiseConvBackward,
  convTranspose: taped(convTranspose),
  locallyConnected: taped(locallyConnected),
  dense: denseBackward,
  matmul: taped(matmul),
  dot: taped(dot),
  embedding: embeddingBackward,
  pool: poolBackward,
  globalPool: globalPoolBackward,
  reduce: taped(reduce),
  batchNorm: batchNormBackward,
  layerNorm: taped(layerNorm),
  groupNorm: taped(groupNorm),
  unitNorm: taped(unitNorm),
  affine: affineBackward,
  activation: activationBackward,
  prelu: taped(prelu),
  unary: taped(unary),
  merge: mergeBackward,
  concat: concatBackward,
  reshape: reshapeBackward,
  permute: permuteBackward,
  repeat: repeatBackward,
  pad: padBackward,
  crop: cropBackward,
  slice: taped(slice),
  resize: resizeBackward,
  constant: STOPS,
  notEqualMask: STOPS,
  applyMask: taped(applyMask, (_, input) => input === 0),
  recurrent: recurrentBackward,
  convLstm: tapedAgain(convLstmDropping),
  noise: noiseBackward,
  custom: { unsupported: "what it computes is not known here." },
};

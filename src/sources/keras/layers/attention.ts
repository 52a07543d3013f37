import type { ValueId } from "../../../ir/graph.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { constantWeight } from "../../../weights/constant.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import type { ConfigReader } from "../config.ts";
import type { LayerCall, LayerResult, LayerSpec, WeightSlot } from "../layer-spec.ts";
import { expectRank, knownSize } from "./axes.ts";
import { stopMask, withMask } from "./masks.ts";
import { emitAffine } from "./preprocessing.ts";
import { emitReshape } from "./shape.ts";

/** Attention layers without projections of their own. */
export const attentionSpecs: readonly LayerSpec[] = [
  {
    classNames: ["Attention"],
    slots: attentionSlots,
    lower: (call) => lowerAttention(call, dotOrConcatScores),
  },
  {
    classNames: ["AdditiveAttention"],
    slots: (config) => (config.bool("use_scale", true) ? [{ role: "scale" }] : []),
    lower: (call) => lowerAttention(call, additiveScores),
  },
];

/** Scores `(…, query steps, key steps)` with -1e9 added wherever attention is not allowed, then softmax. */
export function emitAttention(
  call: LayerCall,
  scores: ValueId,
  value: ValueId,
  allowed: ((query: number, key: number) => boolean) | undefined,
): { readonly output: ValueId; readonly scores: ValueId } {
  const rank = call.shapeOf(scores).length;
  const free = allowed === undefined ? scores : addConstantMask(call, scores, allowed);
  const activation = { fn: "softmax", axis: rank - 1 } as const;
  const weights = call.emit({ kind: "activation", activation, weights: {} }, free);
  const matmul = { kind: "matmul", transposeA: false, transposeB: false, weights: {} } as const;
  return { output: call.emit(matmul, weights, value), scores: weights };
}

/** Steps see themselves and what came before. */
export function causal(query: number, key: number): boolean {
  return key <= query;
}

/** A mask that depends on the positions alone is a constant, so both lengths must be known. */
function addConstantMask(
  call: LayerCall,
  scores: ValueId,
  allowed: (query: number, key: number) => boolean,
): ValueId {
  const rank = call.shapeOf(scores).length;
  const rows = knownSize(call, scores, rank - 2);
  const columns = knownSize(call, scores, rank - 1);
  const values = Array.from({ length: rows * columns }, (_, index) =>
    allowed(Math.floor(index / columns), index % columns) ? 0 : -1e9,
  );
  const offset = constantWeight(`${call.origin.layer}/mask`, [rows, columns], values);
  return emitAffine(call, scores, { offset });
}

function attentionSlots(config: ConfigReader): readonly WeightSlot[] {
  const scale = config.bool("use_scale", false) ? [{ role: "scale" }] : [];
  const concat = config.string("score_mode", "dot") === "concat";
  return concat ? [...scale, { role: "concat_score_weight" }] : scale;
}

/** @see keras/src/layers/attention/attention.py (Keras 3): a mask of the values cannot be said, one of the queries can. */
function lowerAttention(
  call: LayerCall,
  scoresOf: (call: LayerCall, query: ValueId, key: ValueId) => ValueId,
): LayerResult {
  const [query, value, key = value] = call.inputs;
  if (query === undefined || value === undefined || key === undefined) {
    return call.refuse("it takes [query, value] or [query, value, key].");
  }
  for (const input of call.inputs) expectRank(call, input, 3);
  const [queryMask, valueMask] = call.masks;
  if (valueMask !== undefined) call.refuse("a mask on its values cannot be expressed.");
  const isCausal = call.config.bool("causal", false) || call.kwargs.bool("use_causal_mask", false);
  const scores = scoresOf(call, query, key);
  const attended = emitAttention(call, scores, value, isCausal ? causal : undefined);
  if (call.kwargs.bool("return_attention_scores", false)) {
    if (queryMask !== undefined) call.refuse("a mask with returned scores cannot be expressed.");
    return stopMask(attended.output, attended.scores);
  }
  if (queryMask === undefined) return stopMask(attended.output);
  const visible = call.emit({ kind: "applyMask", weights: {} }, attended.output, queryMask);
  return withMask(visible, queryMask);
}

function dotOrConcatScores(call: LayerCall, query: ValueId, key: ValueId): ValueId {
  const scale = call.optionalWeight("scale", []);
  if (call.config.string("score_mode", "dot") === "dot") {
    const matmul = { kind: "matmul", transposeA: false, transposeB: true, weights: {} } as const;
    return scaled(call, call.emit(matmul, query, key), scale);
  }
  const sum = emitTanh(call, scaled(call, pairwiseSum(call, query, key), scale));
  return scaled(call, sumFeatures(call, sum), call.weight("concat_score_weight", []));
}

function additiveScores(call: LayerCall, query: ValueId, key: ValueId): ValueId {
  const features = knownSize(call, query, 2);
  const scale = call.optionalWeight("scale", [features]);
  return sumFeatures(call, scaled(call, emitTanh(call, pairwiseSum(call, query, key)), scale));
}

/** `(batch, query steps, key steps, features)`. */
function pairwiseSum(call: LayerCall, query: ValueId, key: ValueId): ValueId {
  const [, querySteps = null, queryFeatures = null] = call.shapeOf(query);
  const [, keySteps = null, keyFeatures = null] = call.shapeOf(key);
  const rows = emitReshape(call, query, [querySteps, 1, queryFeatures]);
  const columns = emitReshape(call, key, [1, keySteps, keyFeatures]);
  return call.emit({ kind: "merge", fn: "add", weights: {} }, rows, columns);
}

function emitTanh(call: LayerCall, value: ValueId): ValueId {
  return call.emit({ kind: "activation", activation: { fn: "tanh" }, weights: {} }, value);
}

function sumFeatures(call: LayerCall, value: ValueId): ValueId {
  return call.emit({ kind: "reduce", fn: "sum", axes: [3], keepDims: false, weights: {} }, value);
}

function scaled(call: LayerCall, value: ValueId, scale: WeightRef | undefined): ValueId {
  if (scale === undefined) return value;
  const vector = scale.shape.length === 0 ? reshapeWeight(scale, [1]) : scale;
  return emitAffine(call, value, { scale: vector });
}

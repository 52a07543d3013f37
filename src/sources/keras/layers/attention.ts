import type { ValueId } from "../../../ir/graph.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import type { ConfigReader } from "../config.ts";
import type { LayerCall, LayerResult, LayerSpec, WeightSlot } from "../layer-spec.ts";
import { causal, limitScores } from "./attention-mask.ts";
import { expectRank, knownSize } from "./axes.ts";
import { withMask } from "./masks.ts";
import { emitLearnedAffine } from "./preprocessing.ts";
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

/** Softmax over the keys, then the values in those shares. */
export function emitAttention(
  call: LayerCall,
  scores: ValueId,
  value: ValueId,
  visible?: ValueId,
): { readonly output: ValueId; readonly scores: ValueId } {
  const activation = { fn: "softmax", axis: call.shapeOf(scores).length - 1 } as const;
  const soft = call.emit({ kind: "activation", activation, weights: {} }, scores);
  const shares =
    visible === undefined
      ? soft
      : call.emit({ kind: "merge", fn: "multiply", weights: {} }, soft, visible);
  const matmul = { kind: "matmul", transposeA: false, transposeB: false, weights: {} } as const;
  return { output: call.emit(matmul, shares, value), scores: shares };
}

function attentionSlots(config: ConfigReader): readonly WeightSlot[] {
  const scale = config.bool("use_scale", false) ? [{ role: "scale" }] : [];
  const concat = config.string("score_mode", "dot") === "concat";
  return concat ? [...scale, { role: "concat_score_weight" }] : scale;
}

/** @see keras/src/layers/attention/attention.py (Keras 3): the mask of the values limits, that of the queries blanks. */
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
  const isCausal = call.config.bool("causal", false) || call.kwargs.bool("use_causal_mask", false);
  const limited = limitScores(call, scoresOf(call, query, key), {
    queries: { value: query, masks: [] },
    keys: { value, masks: [valueMask] },
    allowed: isCausal ? causal : undefined,
  });
  const attended = emitAttention(call, limited.scores, value);
  const output =
    queryMask === undefined
      ? attended.output
      : call.emit({ kind: "applyMask", weights: {} }, attended.output, queryMask);
  return call.kwargs.bool("return_attention_scores", false)
    ? { outputs: [output, attended.scores], masks: [queryMask, undefined] }
    : withMask(output, queryMask);
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
  return emitLearnedAffine(call, value, { scale: vector });
}

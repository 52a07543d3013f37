import type { ValueId } from "../../../ir/graph.ts";
import { constantWeight } from "../../../weights/constant.ts";
import type { ConfigReader } from "../config.ts";
import type { LayerCall, LayerResult, LayerSpec, WeightSlot } from "../layer-spec.ts";
import { emitAttention } from "./attention.ts";
import { causal, limitScores, type Visibility } from "./attention-mask.ts";
import { type Heads, joinHeads, project } from "./attention-projections.ts";
import { resolveAxes } from "./axes.ts";
import { withMask } from "./masks.ts";
import { looseNumbers } from "./numbers.ts";
import { emitAffine } from "./preprocessing.ts";
import { keras3Release } from "./release.ts";
import { emitReshape, product } from "./shape.ts";

/** Attention with several heads and projections into and out of them. */
export const attentionHeadsSpecs: readonly LayerSpec[] = [
  {
    classNames: ["MultiHeadAttention"],
    slots: headSlots,
    lower: (call) => {
      const heads = call.config.int("num_heads");
      const keySize = call.config.int("key_dim");
      const valueSize = call.config.int("value_dim", keySize);
      return lowerHeads(call, { heads, stored: heads, keySize, valueSize });
    },
  },
  {
    classNames: ["GroupedQueryAttention", "GroupQueryAttention"],
    slots: headSlots,
    lower: (call) => {
      const size = call.config.int("head_dim");
      const heads = call.config.int("num_query_heads");
      const stored = call.config.int("num_key_value_heads");
      return lowerHeads(call, { heads, stored, keySize: size, valueSize: size });
    },
  },
];

/** In the order of creation: the gate of newer Keras 3 stands between keys and values. */
function headSlots(config: ConfigReader): readonly WeightSlot[] {
  const gate = config.bool("use_gate", false) ? ["gate"] : [];
  const biased = config.bool("use_bias", true);
  return ["query", "key", ...gate, "value", "attention_output"].flatMap((part) => [
    { role: `${part}/kernel` },
    ...(biased ? [{ role: `${part}/bias` }] : []),
  ]);
}

/** @see keras/src/layers/attention/multi_head_attention.py (Keras 3) */
function lowerHeads(call: LayerCall, sizes: Heads): LayerResult {
  const given = readInputs(call);
  checkHeads(call, sizes, given.value);
  const { heads, keySize, valueSize } = sizes;
  const query = oneTimeAxis(call, given.query);
  const value = oneTimeAxis(call, given.value);
  const key = oneTimeAxis(call, given.key);
  const queries = project(call, "query", query, { heads, stored: heads, size: keySize });
  const keys = project(call, "key", key, { heads, stored: sizes.stored, size: keySize });
  const values = project(call, "value", value, { heads, stored: sizes.stored, size: valueSize });
  const scale = constantWeight(`${call.origin.layer}/scale`, [1], [1 / Math.sqrt(keySize)]);
  const matmul = { kind: "matmul", transposeA: false, transposeB: true, weights: {} } as const;
  const scores = call.emit(matmul, emitAffine(call, queries, { scale }), keys);
  const limited = limitScores(call, scores, visibilityOf(call, given));
  const attended = emitAttention(call, limited.scores, values, blanked(call, limited.seen));
  const output = joinHeads(call, attended.output, query, sizes);
  const [, ...around] = call.shapeOf(given.query).slice(0, -1);
  const result =
    around.length === 1
      ? output
      : emitReshape(call, output, [...around, ...call.shapeOf(output).slice(2)]);
  return withScores(call, result, attended.scores, given);
}

/** The mask of the query travels on; scores are given too when asked for. */
function withScores(
  call: LayerCall,
  output: ValueId,
  scores: ValueId,
  given: HeadInputs,
): LayerResult {
  const mask = call.masks[call.inputs.indexOf(given.query)];
  const unmasked = takesMasks(call) ? [given.query, given.value, given.key] : [];
  if (!call.kwargs.bool("return_attention_scores", false)) {
    return { ...withMask(output, mask), unmasked };
  }
  const [, ...queries] = call.shapeOf(given.query).slice(0, -1);
  const [, ...keys] = call.shapeOf(given.key).slice(0, -1);
  const [, heads = null] = call.shapeOf(scores);
  const shaped =
    queries.length === 1 ? scores : emitReshape(call, scores, [heads, ...queries, ...keys]);
  return { outputs: [output, shaped], masks: [mask, undefined], unmasked };
}

/**
 * MultiHeadAttention of newer Keras 3 takes the masks off its inputs, so that layers beside it (a residual Add) find none.
 *
 * @see keras/src/layers/attention/multi_head_attention.py (3.7.0, 3.8.0) `call`
 */
function takesMasks(call: LayerCall): boolean {
  return call.className === "MultiHeadAttention" && keras3Release(call.dialect) >= 8;
}

interface HeadInputs {
  readonly query: ValueId;
  readonly value: ValueId;
  readonly key: ValueId;
}

function readInputs(call: LayerCall): HeadInputs {
  const positional = call.args.flatMap((arg) => ("value" in arg ? [arg.value] : []));
  const named = (index: number, name: string): ValueId | undefined =>
    positional[index] ?? call.keywordInputs.get(name)?.[0];
  const query = named(0, "query");
  const value = named(1, "value");
  const key = named(2, "key") ?? value;
  if (query === undefined || value === undefined || key === undefined) {
    return call.refuse("it takes a query and a value, and maybe a key.");
  }
  const masks = ["attention_mask", "query_mask", "value_mask", "key_mask"];
  if (positional.length > 3 || masks.some((name) => call.keywordInputs.has(name))) {
    call.refuse("a mask computed in the model cannot be expressed.");
  }
  return { query, value, key };
}

/** Attention runs over all axes between batch and features, or over time alone. */
function checkHeads(call: LayerCall, sizes: Heads, value: ValueId): void {
  if (sizes.stored < 1 || sizes.heads % sizes.stored !== 0) {
    call.refuse(`${sizes.heads} query heads do not divide among ${sizes.stored} key heads.`);
  }
  const rank = call.shapeOf(value).length;
  const all = Array.from({ length: rank - 2 }, (_, index) => index + 1);
  const stated = looseNumbers(call.config, "attention_axes") ?? all;
  const axes = resolveAxes(call, stated, rank);
  if (rank < 3 || axes.join() !== all.join()) {
    call.refuse("attention over some axes and not over others cannot be expressed.");
  }
}

/** `(batch, h, w, features)` as `(batch, h * w, features)`. */
function oneTimeAxis(call: LayerCall, input: ValueId): ValueId {
  const shape = call.shapeOf(input);
  if (shape.length === 3) return input;
  const steps = product(shape.slice(1, -1));
  return emitReshape(call, input, [steps, shape.at(-1) ?? null]);
}

/** Keras adds the masks of all three inputs; of a key that is the value it has only one. */
function visibilityOf(call: LayerCall, given: HeadInputs): Visibility {
  const maskOf = (input: ValueId): ValueId | undefined => call.masks[call.inputs.indexOf(input)];
  return {
    queries: { value: given.query, masks: [maskOf(given.query)] },
    keys: { value: given.value, masks: [maskOf(given.value), maskOf(given.key)] },
    allowed: allowedPairs(call),
  };
}

/**
 * Rows that are hidden whole: even over all keys, but Keras from 3.10 on makes them zero where it computes the scores
 * itself, which is with dropout or when they are asked for.
 *
 * @see keras/src/layers/activations/softmax.py (3.9.0, 3.10.0) `call`
 */
function blanked(call: LayerCall, seen: ValueId | undefined): ValueId | undefined {
  const explicit =
    call.config.number("dropout", 0) > 0 || call.kwargs.bool("return_attention_scores", false);
  return keras3Release(call.dialect) >= 10 && explicit ? seen : undefined;
}

/** Causal attention and Keras 3's sliding window both depend on positions alone. */
function allowedPairs(call: LayerCall): ((query: number, key: number) => boolean) | undefined {
  const isCausal = call.kwargs.bool("use_causal_mask", false);
  const window = call.config.has("sliding_window") ? call.config.int("sliding_window") : undefined;
  if (window === undefined) return isCausal ? causal : undefined;
  return (query, key) => Math.abs(query - key) < window && (!isCausal || causal(query, key));
}

import type { ValueId } from "../../../ir/graph.ts";
import { constantWeight } from "../../../weights/constant.ts";
import type { LayerCall } from "../layer-spec.ts";
import { expectRank, knownSize } from "./axes.ts";
import { allOf } from "./masks.ts";
import { emitAffine } from "./preprocessing.ts";
import { emitReshape } from "./shape.ts";

/** A sequence `(batch, steps, features)` and the masks that Keras lays over its steps. */
export interface Masked {
  readonly value: ValueId;
  readonly masks: readonly (ValueId | undefined)[];
}

/** What may attend to what. */
export interface Visibility {
  readonly queries: Masked;
  readonly keys: Masked;
  /** By position alone: causal attention, a sliding window. */
  readonly allowed: ((query: number, key: number) => boolean) | undefined;
}

/** Scores of hidden places become -1e9. `seen` is 1 where attention is allowed, 0 elsewhere; undefined without masks. */
export interface LimitedScores {
  readonly scores: ValueId;
  readonly seen: ValueId | undefined;
}

/** Steps see themselves and what came before. */
export function causal(query: number, key: number): boolean {
  return key <= query;
}

/**
 * Limits scores `(batch, [heads,] query steps, key steps)`. A hidden score is replaced, not lowered: where a whole row is
 * hidden, Keras' float32 attention is even over all keys.
 */
export function limitScores(
  call: LayerCall,
  scores: ValueId,
  visibility: Visibility,
): LimitedScores {
  const { queries, keys, allowed } = visibility;
  const rank = call.shapeOf(scores).length;
  const heads = rank === 4 ? [1] : [];
  const rows = visibleSteps(call, queries);
  const columns = visibleSteps(call, keys);
  if (rows === undefined && columns === undefined) {
    return { scores: allowed ? addConstant(call, scores, allowed) : scores, seen: undefined };
  }
  const parts = [
    rows && emitReshape(call, rows, [...heads, call.shapeOf(rows)[1] ?? null, 1]),
    columns && emitReshape(call, columns, [...heads, 1, call.shapeOf(columns)[1] ?? null]),
    allowed && positionMask(call, scores, allowed),
  ].filter((part) => part !== undefined);
  const seen = parts.reduce((all, part) =>
    call.emit({ kind: "merge", fn: "multiply", weights: {} }, all, part),
  );
  const kept = call.emit({ kind: "merge", fn: "multiply", weights: {} }, scores, seen);
  const hidden = emitAffine(call, seen, {
    scale: constantWeight(`${call.origin.layer}/1e9`, [1], [1e9]),
    offset: constantWeight(`${call.origin.layer}/-1e9`, [1], [-1e9]),
  });
  return { scores: call.emit({ kind: "merge", fn: "add", weights: {} }, kept, hidden), seen };
}

/** `(batch, steps, 1)`: 1 where every mask is true, 0 elsewhere. */
function visibleSteps(call: LayerCall, sequence: Masked): ValueId | undefined {
  const mask = allOf(call, sequence.masks);
  if (mask === undefined) return undefined;
  expectRank(call, sequence.value, 3);
  const slice = {
    kind: "slice",
    starts: [0, 0, 0],
    ends: [null, null, 1],
    steps: [1, 1, 1],
    weights: {},
  } as const;
  const ones = emitAffine(call, call.emit(slice, sequence.value), {
    scale: constantWeight(`${call.origin.layer}/0`, [1], [0]),
    offset: constantWeight(`${call.origin.layer}/1`, [1], [1]),
  });
  return call.emit({ kind: "applyMask", weights: {} }, ones, mask);
}

/** Without masks of the data the limit is a constant, so both lengths must be known. */
function addConstant(
  call: LayerCall,
  scores: ValueId,
  allowed: (query: number, key: number) => boolean,
): ValueId {
  const { shape, values } = positions(call, scores, allowed);
  const hidden = values.map((value) => (value === 1 ? 0 : -1e9));
  const offset = constantWeight(`${call.origin.layer}/hidden`, shape, hidden);
  return emitAffine(call, scores, { offset });
}

function positionMask(
  call: LayerCall,
  scores: ValueId,
  allowed: (query: number, key: number) => boolean,
): ValueId {
  const { shape, values } = positions(call, scores, allowed);
  const ones = Array.from({ length: call.shapeOf(scores).length - 2 }, () => 1);
  const value = constantWeight(`${call.origin.layer}/allowed`, [...ones, ...shape], values);
  return call.emit({ kind: "constant", weights: { value } });
}

function positions(
  call: LayerCall,
  scores: ValueId,
  allowed: (query: number, key: number) => boolean,
): { readonly shape: readonly number[]; readonly values: readonly number[] } {
  const rank = call.shapeOf(scores).length;
  const rows = knownSize(call, scores, rank - 2);
  const columns = knownSize(call, scores, rank - 1);
  const values = Array.from({ length: rows * columns }, (_, index) =>
    allowed(Math.floor(index / columns), index % columns) ? 1 : 0,
  );
  return { shape: [rows, columns], values };
}

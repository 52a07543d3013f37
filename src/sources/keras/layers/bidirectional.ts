import type { ValueId } from "../../../ir/graph.ts";
import type { RecurrentOp } from "../../../ir/ops/recurrent.ts";
import type { ConfigReader } from "../config.ts";
import type { Dialect, LayerCall, LayerResult, LayerSpec, WeightSlot } from "../layer-spec.ts";
import { knownSize } from "./axes.ts";
import { emitReverse } from "./operations-slice.ts";
import { checkSequence, stateCount } from "./recurrent.ts";
import { type Cell, cellFacts, cellSlots, cellWeights, heldCells } from "./recurrent-cell.ts";

/** The wrapper that runs a recurrent layer in both directions. */
export const bidirectionalSpecs: readonly LayerSpec[] = [
  { classNames: ["Bidirectional"], slots: bidirectionalSlots, lower: lowerBidirectional },
];

/** One direction of the wrapper: its layer's config and its cells. */
interface Side {
  readonly config: ConfigReader;
  readonly cells: readonly Cell[];
}

/** All weights of the forward layer, then all of the backward one; undefined where it wraps what is not known. */
function bidirectionalSlots(
  config: ConfigReader,
  dialect: Dialect,
): readonly WeightSlot[] | undefined {
  const forward = heldCells(config, "layer", "forward/", dialect);
  const backward =
    heldCells(config, "backward_layer", "backward/", dialect) ??
    heldCells(config, "layer", "backward/", dialect);
  if (forward === undefined || backward === undefined) return undefined;
  return [...cellSlots(forward.cells), ...cellSlots(backward.cells)];
}

function lowerBidirectional(call: LayerCall): LayerResult {
  const { config, dialect } = call;
  const forward = heldCells(config, "layer", "forward/", dialect);
  const given = heldCells(config, "backward_layer", "backward/", dialect);
  const backward = given ?? heldCells(config, "layer", "backward/", dialect);
  if (forward === undefined || backward === undefined) {
    return call.refuse(
      "it wraps a layer that is not SimpleRNN, LSTM, GRU or an RNN of their cells.",
    );
  }
  const [cell, ...more] = forward.cells;
  const [backCell, ...moreBack] = backward.cells;
  if (cell === undefined || backCell === undefined || more.length + moreBack.length > 0) {
    return call.refuse("stacked cells in both directions cannot be expressed.");
  }
  const turned = forward.config.bool("go_backwards", false);
  const same = given === undefined || alike(call, forward, backward, cell, backCell);
  return same && !turned
    ? emitBoth(call, forward.config, cell, backCell)
    : emitApart(call, { config: forward.config, backward: turned }, cell, backCell);
}

/** Whether a backward layer of its own is the forward one turned round, so that one op holds both. */
function alike(call: LayerCall, a: Side, b: Side, cell: Cell, backCell: Cell): boolean {
  const same = (key: string): boolean =>
    JSON.stringify(a.config.raw(key) ?? false) === JSON.stringify(b.config.raw(key) ?? false);
  const facts = (side: Cell): string => JSON.stringify(cellFacts(call, side));
  const biased = (side: Cell): boolean => side.config.bool("use_bias", true);
  if (!["return_sequences", "return_state", "stateful"].every(same)) {
    call.refuse("its two layers differ in return_sequences, return_state or stateful.");
  }
  const [turned, backTurned] = [a, b].map(({ config }) => config.bool("go_backwards", false));
  if (turned === backTurned) call.refuse("its two layers go the same way.");
  return facts(cell) === facts(backCell) && biased(cell) === biased(backCell);
}

function emitBoth(call: LayerCall, config: ConfigReader, cell: Cell, backCell: Cell): LayerResult {
  const input = checkSequence(call, config);
  const facts = cellFacts(call, cell);
  const features = knownSize(call, input, 2);
  const forward = cellWeights(call, cell, facts, features);
  const backward = cellWeights(call, backCell, facts, features);
  const states = call.inputs.slice(1);
  if (states.length > 0 && states.length !== 2 * stateCount(cell)) {
    call.refuse(`it gets ${states.length} initial states where ${2 * stateCount(cell)} belong.`);
  }
  const [mask] = call.masks;
  const merge = readMerge(call);
  const returnSequences = config.bool("return_sequences", false);
  const outputs = call.build.add(
    {
      kind: "recurrent",
      ...facts,
      direction: "bidirectional",
      merge,
      returnSequences,
      returnState: config.bool("return_state", false),
      initialState: states.length > 0,
      masked: mask !== undefined,
      stateful: config.bool("stateful", false),
      weights: {
        ...forward,
        backwardKernel: backward.kernel,
        backwardRecurrentKernel: backward.recurrentKernel,
        ...(backward.bias === undefined ? {} : { backwardBias: backward.bias }),
      },
    },
    [input, ...states, ...(mask === undefined ? [] : [mask])],
    call.origin,
  );
  return masked(call, outputs, returnSequences ? (merge === null ? 2 : 1) : 0);
}

/**
 * Two layers that differ become two ops, whose results meet as `merge_mode` says; so do those of which the first goes backwards, since
 * Keras turns the second one's results round all the same.
 */
function emitApart(call: LayerCall, first: OneWay, cell: Cell, backCell: Cell): LayerResult {
  const { config } = first;
  const input = checkSequence(call, config);
  const returnSequences = config.bool("return_sequences", false);
  if (call.inputs.length > 1 || config.bool("return_state", false)) {
    call.refuse(
      "states of two layers that differ, or of which the first goes backwards, cannot be expressed.",
    );
  }
  const forward = emitSide(call, input, cell, first);
  const reversed = emitSide(call, input, backCell, { config, backward: !first.backward });
  const backward = returnSequences ? emitReverse(call, reversed, 1) : reversed;
  const merge = readMerge(call);
  if (merge === null) return masked(call, [forward, backward], returnSequences ? 2 : 0);
  const axis = returnSequences ? 2 : 1;
  const fn = merge === "concat" || merge === "sum" ? "add" : merge;
  const joined =
    merge === "concat"
      ? call.emit({ kind: "concat", axis, weights: {} }, forward, backward)
      : call.emit({ kind: "merge", fn, weights: {} }, forward, backward);
  return masked(call, [joined], returnSequences ? 1 : 0);
}

/** A layer's config, and whether it begins at the end. */
interface OneWay {
  readonly config: ConfigReader;
  readonly backward: boolean;
}

function emitSide(call: LayerCall, input: ValueId, cell: Cell, side: OneWay): ValueId {
  const [mask] = call.masks;
  const facts = cellFacts(call, cell);
  const op = {
    kind: "recurrent",
    ...facts,
    direction: side.backward ? "backward" : "forward",
    merge: "concat",
    returnSequences: side.config.bool("return_sequences", false),
    returnState: false,
    initialState: false,
    masked: mask !== undefined,
    stateful: side.config.bool("stateful", false),
    weights: cellWeights(call, cell, facts, knownSize(call, input, 2)),
  } as const;
  return call.emit(op, input, ...(mask === undefined ? [] : [mask]));
}

/** The first `count` outputs are sequences: tf.keras 2 and Keras 3 make their masked steps zero, and all keep the mask. */
function masked(call: LayerCall, outputs: readonly ValueId[], count: number): LayerResult {
  const [mask] = call.masks;
  const masks = outputs.map((_, index) => (index < count ? mask : undefined));
  const { generation } = call.dialect;
  if (mask === undefined || generation === 1 || generation === 2) return { outputs, masks };
  const zeroed = outputs.map((value, index) =>
    index < count ? call.emit({ kind: "applyMask", weights: {} }, value, mask) : value,
  );
  return { outputs: zeroed, masks };
}

/** A null `merge_mode` gives both outputs apart; without the key Keras joins them. */
function readMerge(call: LayerCall): RecurrentOp["merge"] {
  if ("merge_mode" in call.config.json && !call.config.has("merge_mode")) return null;
  return MERGES[
    call.config.oneOf("merge_mode", ["concat", "sum", "mul", "ave"] as const, "concat")
  ];
}

const MERGES = { concat: "concat", sum: "sum", mul: "multiply", ave: "average" } as const;

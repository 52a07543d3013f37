import type { ValueId } from "../../../ir/graph.ts";
import type { ConfigReader } from "../config.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { expectRank, knownSize } from "./axes.ts";
import { type Cell, cellFacts, cellSlots, cellsOf, cellWeights } from "./recurrent-cell.ts";

/** Recurrent layers, and the `RNN` layer around one or several cells. */
export const recurrentSpecs: readonly LayerSpec[] = [
  recurrent("SimpleRNN"),
  recurrent("LSTM", "LSTMV2"),
  recurrent("GRU", "GRUV2"),
  recurrent("CuDNNLSTM"),
  recurrent("CuDNNGRU"),
  recurrent("RNN"),
];

/** Refuses what no recurrent layer here can say. */
export function checkSequence(call: LayerCall, config: ConfigReader): ValueId {
  const [sequence] = call.inputs;
  if (sequence === undefined) return call.refuse("it has no input.");
  expectRank(call, sequence, 3);
  if (config.bool("time_major", false)) {
    call.refuse("time_major input, with time before the batch, cannot be expressed.");
  }
  if (config.int("num_constants", 0) > 0) call.refuse("constants of a cell cannot be expressed.");
  return sequence;
}

/** How many states a cell carries from step to step. */
export function stateCount(cell: Cell): number {
  return cell.kind === "lstm" ? 2 : 1;
}

function recurrent(...classNames: readonly string[]): LayerSpec {
  return {
    classNames,
    slots: (config) => {
      const cells = cellsOf(classNames[0] ?? "", config, "");
      return cells && cellSlots(cells);
    },
    lower: (call) => lowerRecurrent(call, classNames[0] ?? ""),
  };
}

function lowerRecurrent(call: LayerCall, className: string): LayerResult {
  const { config } = call;
  const cells = cellsOf(className, config, "");
  if (cells === undefined || cells.length === 0) {
    return call.refuse(
      "its cell is of a class that is not known.",
      "Supply the layer with --custom.",
    );
  }
  const input = checkSequence(call, config);
  const sequences = config.bool("return_sequences", false);
  checkStack(call, cells, sequences);
  let outputs: readonly ValueId[] = [input];
  for (const [index, cell] of cells.entries()) {
    const last = index === cells.length - 1;
    outputs = runCell(call, cell, outputs[0] ?? input, {
      backward: index === 0 && config.bool("go_backwards", false),
      sequences: last ? sequences : true,
    });
  }
  return {
    outputs: zeroMasked(call, outputs, sequences),
    masks: maskOut(call, outputs, sequences),
  };
}

/** One cell over a sequence. The initial states of the layer, if given, go to its only cell. */
function runCell(
  call: LayerCall,
  cell: Cell,
  sequence: ValueId,
  options: { readonly backward: boolean; readonly sequences: boolean },
): readonly ValueId[] {
  const { config, inputs, masks } = call;
  const facts = cellFacts(call, cell);
  const states = inputs.slice(1);
  if (states.length > 0 && states.length !== stateCount(cell)) {
    call.refuse(`it gets ${states.length} initial states where ${stateCount(cell)} belong.`);
  }
  const [mask] = masks;
  return call.build.add(
    {
      kind: "recurrent",
      ...facts,
      direction: options.backward ? "backward" : "forward",
      merge: "concat",
      returnSequences: options.sequences,
      returnState: config.bool("return_state", false),
      initialState: states.length > 0,
      masked: mask !== undefined,
      stateful: config.bool("stateful", false),
      weights: cellWeights(call, cell, facts, knownSize(call, sequence, 2)),
    },
    [sequence, ...states, ...(mask === undefined ? [] : [mask])],
    call.origin,
  );
}

/** Several cells become several layers, which is the same unless states or a turned mask come into play. */
function checkStack(call: LayerCall, cells: readonly Cell[], sequences: boolean): void {
  const { config } = call;
  const backward = config.bool("go_backwards", false);
  const masked = call.masks[0] !== undefined;
  if (cells.length > 1 && (config.bool("return_state", false) || call.inputs.length > 1)) {
    call.refuse("initial or final states of stacked cells cannot be expressed.");
  }
  if (cells.length > 1 && backward && masked) {
    call.refuse("a mask on stacked cells that run backwards cannot be expressed.");
  }
  if (masked && backward && sequences && config.bool("zero_output_for_mask", false)) {
    call.refuse("zero_output_for_mask on a layer that runs backwards cannot be expressed.");
  }
}

/** Keras' `zero_output_for_mask`: masked steps give zeros, not the output before. */
function zeroMasked(
  call: LayerCall,
  outputs: readonly ValueId[],
  sequences: boolean,
): readonly ValueId[] {
  const [mask] = call.masks;
  const [first, ...states] = outputs;
  if (mask === undefined || first === undefined || !sequences) return outputs;
  if (!call.config.bool("zero_output_for_mask", false)) return outputs;
  return [call.emit({ kind: "applyMask", weights: {} }, first, mask), ...states];
}

/** A sequence keeps the mask of its input; a last output and states have none. */
function maskOut(
  call: LayerCall,
  outputs: readonly ValueId[],
  sequences: boolean,
): readonly (ValueId | undefined)[] {
  return outputs.map((_, index) => (index === 0 && sequences ? call.masks[0] : undefined));
}

import type { CellDropout, RecurrentOp } from "../../../ir/ops/recurrent.ts";
import type { ConfigReader } from "../config.ts";
import type { Dialect } from "../layer-spec.ts";
import type { Cell, CellFacts } from "./recurrent-cell.ts";

/**
 * What training drops within a cell.
 * @see keras/layers/recurrent.py `SimpleRNNCell`, `GRUCell`, `LSTMCell` (2.0.8, 2.1.6, 2.2.4); keras/src/layers/rnn (2.15, 3)
 */
export function cellDropout(
  dialect: Dialect,
  { kind, className, config }: Cell,
  facts: CellFacts,
): Pick<RecurrentOp, "dropout"> {
  const stated = config.raw("implementation") ?? usualImplementation(dialect);
  const asked = stated === 2 || stated === "gpu" ? "one" : "each-gate";
  const state = rateOf(dialect, config, "recurrent_dropout", kind);
  const forced = config.number("recurrent_dropout", 0) !== 0 && isLate(dialect);
  const fused = !className.includes("Cell") && isFused(dialect, config, facts);
  const masks = fused ? "each-step" : kind === "simple" ? "one" : forced ? "each-gate" : asked;
  const keeps = kind === "gru" && masks === "one" && keepsRest(dialect) ? "rest" : "state";
  return dropoutOf({ input: rateOf(dialect, config, "dropout", kind), state, masks, keeps });
}

/** What training drops within a ConvLSTM, each gate for itself in all generations. */
export function convDropout(dialect: Dialect, config: ConfigReader): Pick<RecurrentOp, "dropout"> {
  const [input, state] = [
    rateOf(dialect, config, "dropout", "lstm"),
    rateOf(dialect, config, "recurrent_dropout", "lstm"),
  ];
  return dropoutOf({ input, state, masks: "each-gate", keeps: "state" });
}

function dropoutOf(dropout: CellDropout): Pick<RecurrentOp, "dropout"> {
  return dropout.input > 0 || dropout.state > 0 ? { dropout } : {};
}

/** Keras 1 and 2, and cells with gates in Keras 3, drop nothing where all should be dropped. */
function rateOf(
  { generation }: Dialect,
  config: ConfigReader,
  key: string,
  kind: RecurrentOp["cell"],
): number {
  const rate = Math.min(1, Math.max(0, config.number(key, 0)));
  const drops = rate < 1 || generation === "tf" || (generation === 3 && kind === "simple");
  return drops ? rate : 0;
}

function usualImplementation({ generation }: Dialect): 1 | 2 {
  return generation === "tf" || generation === 3 ? 2 : 1;
}

/** Since TensorFlow 2.2 a state that is dropped makes every gate have its own numbers. */
function isLate({ generation, version }: Dialect): boolean {
  return generation === 3 || (generation === "tf" && !version.startsWith("2.2."));
}

/** Layers of TensorFlow 2 that may run as one kernel multiply the whole sequence, with numbers for each step. */
function isFused(dialect: Dialect, config: ConfigReader, facts: CellFacts): boolean {
  if (dialect.generation !== "tf" || !isLate(dialect)) return false;
  const { cell, activation, recurrentActivation, resetAfter } = facts;
  return (
    cell !== "simple" &&
    config.number("recurrent_dropout", 0) === 0 &&
    activation.fn === "tanh" &&
    recurrentActivation.fn === "sigmoid" &&
    !config.bool("unroll", false) &&
    config.bool("use_bias", true) &&
    (cell === "lstm" || resetAfter)
  );
}

/** From Keras 2.0.9 on `h_tm1 *= rec_dp_mask[0]` is what goes on from step to step too. */
function keepsRest({ generation, version }: Dialect): boolean {
  return generation === 2 ? !/^2\.0\.[0-8]$/.test(version) : generation === "tf";
}

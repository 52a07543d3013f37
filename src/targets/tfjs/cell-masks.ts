import type { Tensor } from "@tensorflow/tfjs-core";
import type { CellDropout } from "../../ir/ops/recurrent.ts";
import type { NoiseNumbers } from "./training-forward.ts";

/** What training multiplies the inputs and the state of a cell with: nothing, the same for all gates, or for each its own. */
export interface CellMasks {
  readonly inputs: readonly Tensor[];
  readonly state: readonly Tensor[];
}

/** A cell that drops nothing. */
export const NO_MASKS: CellMasks = { inputs: [], state: [] };

/** A cell that drops. */
export interface DroppingCell {
  readonly dropout: CellDropout;
  readonly gates: number;
}

/** Draws what a cell drops in all steps of a batch: for its inputs, then for its state, gate for gate. */
export function drawMasks(
  { dropout, gates }: DroppingCell,
  shapes: Readonly<Record<keyof CellMasks, readonly number[]>>,
  numbers: NoiseNumbers,
): readonly Tensor[] {
  const draw = (rate: number, shape: readonly number[]): readonly Tensor[] =>
    Array.from({ length: countOf({ dropout, gates }) }).flatMap(() =>
      numbers({ kind: "noise", fn: "dropout", rate, weights: {} }, shape),
    );
  return [...draw(dropout.input, shapes.inputs), ...draw(dropout.state, shapes.state)];
}

/** The masks among those that were drawn for one cell, or for several after each other. */
export function masksOf(
  { dropout, gates }: DroppingCell,
  drawn: readonly Tensor[],
  cell = 0,
): CellMasks {
  const count = countOf({ dropout, gates });
  const inputs = dropout.input > 0 ? count : 0;
  const all = inputs + (dropout.state > 0 ? count : 0);
  const own = drawn.slice(cell * all, (cell + 1) * all);
  return { inputs: own.slice(0, inputs), state: own.slice(inputs) };
}

function countOf({ dropout, gates }: DroppingCell): number {
  return dropout.masks === "each-gate" ? gates : 1;
}

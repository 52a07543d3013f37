import { CROSS_ENTROPIES } from "./cross-entropies.ts";
import { HINGES } from "./hinges.ts";
import { plainLossName } from "./loss-names.ts";
import { PROBABILITY_LOSSES } from "./probabilities.ts";
import { REGRESSION_LOSSES } from "./regression.ts";
import type { MadeRowLoss, RowLoss, RowLossOptions } from "./row-loss.ts";

/** Keras' losses that look at one row after the other, by any of their names; undefined for a name that is none of them. */
export function rowLoss(name: string, options: RowLossOptions = {}): RowLoss | undefined {
  return LOSSES.get(plainLossName(name))?.(options);
}

/** Every name that `rowLoss` knows, in Keras 3's spelling. */
export function rowLossNames(): readonly string[] {
  return [...LOSSES.keys()];
}

const LOSSES: ReadonlyMap<string, MadeRowLoss> = new Map([
  ...CROSS_ENTROPIES,
  ...REGRESSION_LOSSES,
  ...HINGES,
  ...PROBABILITY_LOSSES,
]);

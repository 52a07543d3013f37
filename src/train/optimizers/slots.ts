import { gradientSlots } from "./gradient-sums.ts";
import type { SlotSpec } from "./rule.ts";
import { ruleOf } from "./rules.ts";
import type { OptimizerSettings } from "./settings.ts";
import { averageSlots } from "./weight-averages.ts";

/** All that an optimizer keeps of each weight: what its formula wants, then averages of the weights and gradients that wait. */
export function slotsOf(settings: OptimizerSettings): readonly SlotSpec[] {
  return [...ruleOf(settings).slots, ...slotsBeside(settings)];
}

/** The slots that no formula knows of: the last ones, which Keras saves first. */
export function slotsBeside(settings: OptimizerSettings): readonly SlotSpec[] {
  return [...averageSlots(settings), ...gradientSlots(settings)];
}

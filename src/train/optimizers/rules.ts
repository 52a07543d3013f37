import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { ftrl } from "./ftrl.ts";
import { lamb } from "./lamb.ts";
import { lion } from "./lion.ts";
import { nadam } from "./nadam.ts";
import { rmsprop } from "./rmsprop.ts";
import type { UpdateRule } from "./rule.ts";
import type { OptimizerName, OptimizerSettings } from "./settings.ts";
import { sgd } from "./sgd.ts";

/** The formula of an optimizer in its dialect. */
export function ruleOf(settings: OptimizerSettings): UpdateRule {
  return RULES[settings.name](settings);
}

/** A missing one does not compile. */
const RULES: Readonly<Record<OptimizerName, (settings: OptimizerSettings) => UpdateRule>> = {
  sgd,
  rmsprop,
  adagrad,
  adadelta,
  adam,
  adamw: adam,
  adamax,
  nadam,
  ftrl,
  lion,
  lamb,
};

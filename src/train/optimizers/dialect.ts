import type { JsonObject } from "../../json.ts";
import { generationOf } from "../keras-generation.ts";

/**
 * Whose formulas an optimizer follows.
 * - `keras`: stand-alone Keras 1 and 2.
 * - `tf-legacy`: tf.keras up to 2.10, and `keras.optimizers.legacy` after it.
 * - `tf`: the optimizers of tf.keras 2.11 to 2.15 (and `tf_keras`).
 * - `keras-3`: Keras 3.
 */
export type OptimizerDialect = "keras" | "tf-legacy" | "tf" | "keras-3";

/**
 * The dialect of a checkpoint, from the version of Keras in it and from the keys of the optimizer's config: both kinds
 * of optimizers of tf.keras 2.11 and later are saved under the same version.
 */
export function dialectOf(version: string, config: JsonObject): OptimizerDialect {
  const { kind } = generationOf(version);
  if (kind === "keras-3") return "keras-3";
  if (config.is_legacy_optimizer === true) return "tf-legacy";
  if (config.use_ema !== undefined || config.jit_compile !== undefined) return "tf";
  return kind === "tensorflow" ? "tf-legacy" : "keras";
}

import type { Diagnostic } from "../../errors.ts";
import type { LossPenalties, WeightPenalty } from "../../ir/graph.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import type { ActivityPenalties } from "./activity-penalties.ts";
import type { Dialect } from "./layer-spec.ts";
import type { WeightTable } from "./match-groups.ts";
import { diagnosticOf, strengthsOf } from "./regularizer-strengths.ts";
import { layersOf, roleSetting } from "./role-settings.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";

/**
 * What Keras adds to the loss for regularizers of all layers, also nested ones; undefined where it is nothing. Frozen
 * layers count up to tf.keras 2 and not in Keras 3.
 *
 * @see keras/engine/training.py `total_loss` (2.2.4); keras/src/layers/layer.py `_get_regularization_losses` (3)
 */
export function readPenalties(
  model: ModelConfig,
  { table, dialect, activities }: PenaltySources,
): LossPenalties | undefined {
  const frozenCount = dialect.generation !== 3;
  const found = layersOf(model)
    .filter((layer) => frozenCount || layer.trainable)
    .flatMap((layer) =>
      [...(table.get(layer) ?? [])].flatMap(([role, weight]) => penaltyOf(layer, role, weight)),
    );
  const weights = found.flatMap((one) => ("weight" in one ? [one] : []));
  const others = [...activities.others, ...found.flatMap((one) => ("weight" in one ? [] : [one]))];
  const known = activities.penalties;
  if (weights.length + known.length + others.length === 0) return undefined;
  return { weights, activities: known, others };
}

/** Where penalties are told. */
export interface PenaltySources {
  readonly table: WeightTable;
  readonly dialect: Dialect;
  /** What was found while the layers were lowered. */
  readonly activities: ActivityPenalties;
}

function penaltyOf(
  layer: LayerConfig,
  role: string,
  weight: WeightRef,
): readonly (WeightPenalty | Diagnostic)[] {
  const { key, value } = roleSetting(layer, role, "regularizer");
  const strengths = strengthsOf(value);
  if (strengths === undefined) return [diagnosticOf(layer, `Its ${key} is neither L1 nor L2`)];
  const { l1, l2 } = strengths;
  return l1 === 0 && l2 === 0 ? [] : [{ layer: layer.path, weight, l1, l2 }];
}

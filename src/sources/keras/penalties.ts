import type { Diagnostic } from "../../errors.ts";
import type { LossPenalties, OrthogonalPenalty, WeightPenalty } from "../../ir/graph.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { isJsonObject, type Json } from "../../json.ts";
import type { ActivityPenalties } from "./activity-penalties.ts";
import type { Dialect } from "./layer-spec.ts";
import type { WeightTable } from "./match-groups.ts";
import { plainClass } from "./parse-model.ts";
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
  const orthogonal = orthogonalOf(value, weight);
  if (orthogonal !== undefined) {
    return [{ layer: layer.path, weight, l1: 0, l2: 0, orthogonal }];
  }
  const strengths = strengthsOf(value);
  if (strengths === undefined) {
    return [diagnosticOf(layer, `Its ${key} is none of L1, L2 and orthogonal`)];
  }
  const { l1, l2 } = strengths;
  return l1 === 0 && l2 === 0 ? [] : [{ layer: layer.path, weight, l1, l2 }];
}

/** Undefined for another regularizer, and for weights that are no matrices, for which Keras fails. */
function orthogonalOf(stated: Json, { shape }: WeightRef): OrthogonalPenalty | undefined {
  if (!isJsonObject(stated) || typeof stated.class_name !== "string") return undefined;
  const [rows, columns, ...more] = shape;
  if (rows === undefined || columns === undefined || more.length > 0) return undefined;
  if (plainClass(stated.class_name) !== "OrthogonalRegularizer") return undefined;
  const { factor = 0.01, mode = "rows" } = isJsonObject(stated.config) ? stated.config : {};
  const isKnown = mode === "rows" || mode === "columns";
  if (!isKnown || typeof factor !== "number") return undefined;
  return { factor, of: mode, shape: [rows, columns] };
}

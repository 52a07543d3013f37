import type { Diagnostic } from "../../errors.ts";
import type { LossPenalties, WeightPenalty } from "../../ir/graph.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { isJsonObject, type Json, type JsonObject } from "../../json.ts";
import type { Dialect } from "./layer-spec.ts";
import type { WeightTable } from "./match-groups.ts";
import { plainClass } from "./parse-model.ts";
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
  table: WeightTable,
  dialect: Dialect,
): LossPenalties | undefined {
  const frozenCount = dialect.generation !== 3;
  const layers = layersOf(model);
  const found = layers
    .filter((layer) => frozenCount || layer.trainable)
    .flatMap((layer) =>
      [...(table.get(layer) ?? [])].flatMap(([role, weight]) => penaltyOf(layer, role, weight)),
    );
  const weights = found.flatMap((one) => ("weight" in one ? [one] : []));
  const others = [
    ...layers.flatMap(activityPenalty),
    ...found.flatMap((one) => ("weight" in one ? [] : [one])),
  ];
  return weights.length + others.length === 0 ? undefined : { weights, others };
}

function penaltyOf(
  layer: LayerConfig,
  role: string,
  weight: WeightRef,
): readonly (WeightPenalty | Diagnostic)[] {
  const { key, value } = roleSetting(layer, role, "regularizer");
  const strengths = strengthsOf(value);
  if (strengths === undefined) return [other(layer, `Its ${key} is neither L1 nor L2`)];
  const { l1, l2 } = strengths;
  return l1 === 0 && l2 === 0 ? [] : [{ layer: layer.path, weight, l1, l2 }];
}

/** `L1L2`, `L1` and `L2` of Keras 2 and 3, `WeightRegularizer` and `L1L2Regularizer` of Keras 1; undefined for any other. */
function strengthsOf(stated: Json): { readonly l1: number; readonly l2: number } | undefined {
  if (stated === null) return NONE;
  // The names stand for Keras' defaults.
  if (typeof stated === "string") return DEFAULTS.get(stated.toLowerCase());
  if (!isJsonObject(stated)) return undefined;
  const { class_name: className, name = className } = stated;
  if (typeof name !== "string" || !KNOWN.has(plainClass(name))) return undefined;
  const { l1 = 0, l2 = 0 } = isJsonObject(stated.config) ? stated.config : stated;
  return typeof l1 === "number" && typeof l2 === "number" ? { l1, l2 } : undefined;
}

const NONE = { l1: 0, l2: 0 };
const KNOWN = new Set(["L1L2", "L1", "L2", "WeightRegularizer", "L1L2Regularizer"]);
const DEFAULTS: ReadonlyMap<string, { readonly l1: number; readonly l2: number }> = new Map([
  ["l1", { l1: 0.01, l2: 0 }],
  ["l2", { l1: 0, l2: 0.01 }],
  ["l1l2", { l1: 0.01, l2: 0.01 }],
  ["l1_l2", { l1: 0.01, l2: 0.01 }],
]);

function activityPenalty(layer: LayerConfig): readonly Diagnostic[] {
  const strengths = strengthsOf(layer.config.activity_regularizer ?? null);
  const own = layer.className === "ActivityRegularization" && isPenalty(layer.config);
  if (!own && strengths !== undefined && !isPenalty({ ...strengths })) return [];
  return [other(layer, "It has an activity regularizer")];
}

function isPenalty({ l1 = 0, l2 = 0 }: JsonObject): boolean {
  return l1 !== 0 || l2 !== 0;
}

function other({ path, fileClass }: LayerConfig, fact: string): Diagnostic {
  const text = `${fact}: the loss is computed without it.`;
  return { code: "unsupported", text, at: { layer: path, className: fileClass } };
}

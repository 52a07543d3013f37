import type { Diagnostic } from "../../errors.ts";
import type { ConstraintRule, WeightConstraint, WeightConstraints } from "../../ir/graph.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import type { WeightTable } from "./match-groups.ts";
import { plainClass } from "./parse-model.ts";
import { layersOf, roleSetting } from "./role-settings.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";
import { unwrapTuples } from "./unwrap.ts";

/**
 * What the weights of all trained layers are held to, those of nested models included; undefined where it is nothing.
 *
 * @see keras/constraints.py (2.2.4); keras/src/constraints/constraints.py (3)
 */
export function readConstraints(
  model: ModelConfig,
  table: WeightTable,
): WeightConstraints | undefined {
  const found = layersOf(model)
    .filter((layer) => layer.trainable)
    .flatMap((layer) =>
      [...(table.get(layer) ?? [])].flatMap(([role, weight]) => constraintOf(layer, role, weight)),
    );
  if (found.length === 0) return undefined;
  return {
    weights: found.flatMap((one) => ("weight" in one ? [one] : [])),
    others: found.flatMap((one) => ("weight" in one ? [] : [one])),
  };
}

function constraintOf(
  layer: LayerConfig,
  role: string,
  weight: WeightRef,
): readonly (WeightConstraint | Diagnostic)[] {
  const { key, value } = roleSetting(layer, role, "constraint");
  if (value === null) return [];
  const rule = ruleOf(value, weight.shape.length);
  if (rule !== undefined) return [{ layer: layer.path, weight, rule }];
  const at = { layer: layer.path, className: layer.fileClass };
  return [{ code: "unsupported", text: `Its ${key} is not known.`, at }];
}

/** Undefined for one that is not known. The functions' names stand for their defaults. */
function ruleOf(stated: Json, rank: number): ConstraintRule | undefined {
  const own = isJsonObject(stated) ? stated : { class_name: stated };
  const { class_name: className = null, name = className } = own;
  if (typeof name !== "string") return undefined;
  const config = isJsonObject(own.config) ? own.config : own;
  const axes = axesOf(config, rank);
  if (axes === undefined) return undefined;
  switch (plainClass(name).replaceAll("_", "").toLowerCase()) {
    case "nonneg":
      return { kind: "non-negative" };
    case "unitnorm":
      return { kind: "norm", least: 1, most: 1, rate: 1, axes };
    case "maxnorm":
      // Keras 1 calls it `m`.
      return normRule(0, config.max_value ?? config.m ?? 2, 1, axes);
    case "minmaxnorm":
      return normRule(
        config.min_value ?? config.low ?? 0,
        config.max_value ?? config.high ?? 1,
        config.rate ?? 1,
        axes,
      );
    default:
      return undefined;
  }
}

function normRule(
  least: Json,
  most: Json,
  rate: Json,
  axes: readonly number[],
): ConstraintRule | undefined {
  if (typeof least !== "number" || typeof most !== "number" || typeof rate !== "number") {
    return undefined;
  }
  return { kind: "norm", least, most, rate, axes };
}

function axesOf(config: JsonObject, rank: number): readonly number[] | undefined {
  const axis = unwrapTuples(config.axis ?? 0);
  const axes = isJsonList(axis) ? axis : [axis];
  const found = axes.flatMap((one) =>
    typeof one === "number" ? [one < 0 ? one + rank : one] : [],
  );
  return found.length === axes.length ? found : undefined;
}

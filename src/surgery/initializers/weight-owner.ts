import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import type { Dialect } from "../../sources/keras/layer-spec.ts";
import { plainClass } from "../../sources/keras/parse-model.ts";
import type { LayerConfig } from "../../sources/keras/topology.ts";
import { modernise } from "../../sources/keras/versions.ts";

/** The layer or cell whose config says how a weight begins. */
export interface WeightOwner {
  readonly className: string;
  /** In Keras 2 spelling. */
  readonly config: JsonObject;
}

/** Who owns the weight of a role: the layer, or what it wraps (`forward/kernel`, `cell_0/bias`). */
export function weightOwner(layer: LayerConfig, role: string, dialect: Dialect): WeightOwner {
  const parts = role.split("/").slice(0, -1);
  let owner: WeightOwner = layer;
  for (const part of parts) owner = heldBy(owner, part, dialect) ?? owner;
  return owner.className === "RNN" ? (serialised(owner.config.cell, dialect) ?? owner) : owner;
}

/** Undefined for a part that is no layer of its own, such as the `query` of an attention. */
function heldBy({ config }: WeightOwner, part: string, dialect: Dialect): WeightOwner | undefined {
  const cell = CELL.exec(part);
  if (cell !== null) {
    const stack = serialised(config.cell, dialect);
    const cells = stack?.config.cells;
    return isJsonList(cells) ? serialised(cells[Number(cell[1])], dialect) : undefined;
  }
  if (part === "backward") return serialised(config.backward_layer ?? config.layer, dialect);
  return part === "forward" || part === "layer" ? serialised(config.layer, dialect) : undefined;
}

const CELL = /^cell_(\d+)$/;

function serialised(value: Json | undefined, dialect: Dialect): WeightOwner | undefined {
  if (!isJsonObject(value) || typeof value.class_name !== "string") return undefined;
  const config = isJsonObject(value.config) ? value.config : {};
  return modernise(plainClass(value.class_name), config, dialect);
}

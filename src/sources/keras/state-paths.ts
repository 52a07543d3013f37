import type { Hdf5Group } from "../../formats/hdf5/index.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { plainClass, snakeCase } from "./parse-model.ts";
import type { LayerConfig } from "./topology.ts";

/**
 * The group that holds the variables of one part of a layer: `forward/` → `forward_layer`, `query/` → `query_dense`,
 * `cell_1/` → the second cell. Undefined when there is none.
 */
export function partGroup(
  group: Hdf5Group,
  prefix: string,
  layer: LayerConfig,
): Hdf5Group | undefined {
  let current: Hdf5Group | undefined = group;
  let config: JsonObject = layer.config;
  for (const part of prefix.split("/").filter((name) => name !== "")) {
    if (current === undefined) return undefined;
    current = CELL.test(part) ? cellGroup(current, part, config) : memberGroup(current, part);
    config = partConfig(config, part);
  }
  return current;
}

const CELL = /^cell_(\d+)$/;

/** Attribute names of Keras 3, then those of tf.keras, which start with an underscore. */
function memberGroup(group: Hdf5Group, part: string): Hdf5Group | undefined {
  const name = part === "attention_output" ? "output" : part;
  for (const member of [name, `${name}_layer`, `${name}_dense`, `_${name}_dense`, `_${name}`]) {
    const found = group.get(member);
    if (found?.kind === "group") return found;
  }
  return undefined;
}

/** The cells of StackedRNNCells are counted by class, like layers. */
function cellGroup(group: Hdf5Group, part: string, config: JsonObject): Hdf5Group | undefined {
  const index = Number(CELL.exec(part)?.[1]);
  const classes = cellClasses(config);
  const own = classes[index];
  if (own === undefined) return undefined;
  const before = classes.slice(0, index).filter((name) => name === own).length;
  const found = group.get(`cell/cells/${own}${before === 0 ? "" : `_${before}`}`);
  return found?.kind === "group" ? found : undefined;
}

function cellClasses(config: JsonObject): readonly string[] {
  const cells = configOf(config.cell).cells;
  return isJsonList(cells) ? cells.map((cell) => snakeCase(classOf(cell))) : [];
}

function partConfig(config: JsonObject, part: string): JsonObject {
  if (part === "backward" && isJsonObject(config.backward_layer)) {
    return configOf(config.backward_layer);
  }
  return isJsonObject(config.layer) ? configOf(config.layer) : config;
}

function configOf(serialised: Json | undefined): JsonObject {
  if (!isJsonObject(serialised)) return {};
  return isJsonObject(serialised.config) ? serialised.config : {};
}

function classOf(serialised: Json): string {
  if (!isJsonObject(serialised) || typeof serialised.class_name !== "string") return "";
  return plainClass(serialised.class_name);
}

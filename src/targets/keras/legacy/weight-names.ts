import { isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { plainClass, snakeCase } from "../../../sources/keras/parse-model.ts";
import type { LayerConfig } from "../../../sources/keras/topology.ts";

/**
 * The name of a weight as a generation of Keras gives it: `conv1_W:0`, `conv1/kernel:0`, `lstm/lstm_cell/kernel:0`,
 * `conv1/kernel`. Theano's end without a number.
 */
export function weightName(layer: LayerConfig, role: string, dialect: Dialect): string {
  const { generation, backend } = dialect;
  const end = generation === 3 || backend === "theano" ? "" : ":0";
  if (generation === 1) return `${keras1Name(layer, role)}${end}`;
  return `${folderOf(layer, role, dialect)}/${role.slice(role.lastIndexOf("/") + 1)}${end}`;
}

const KERAS1_ROLES: ReadonlyMap<string, string> = new Map([
  ["kernel", "W"],
  ["embeddings", "W"],
  ["recurrent_kernel", "U"],
  ["bias", "b"],
  ["alpha", "alphas"],
  ["moving_mean", "running_mean"],
  ["moving_variance", "running_std"],
]);

function keras1Name(layer: LayerConfig, role: string): string {
  const parts = role.split("/");
  const last = parts.pop() ?? "";
  const side = parts.find((part) => part === "forward" || part === "backward");
  const { wrapped } = layer;
  const owner =
    side === undefined || wrapped === undefined ? layer.name : `${side}_${wrapped.name}`;
  return `${owner}_${KERAS1_ROLES.get(last) ?? last}`;
}

function folderOf(layer: LayerConfig, role: string, { generation }: Dialect): string {
  const cells = generation === "tf" || generation === 3;
  const folder = [layer.name];
  let { className, config } = layer;
  for (const part of role.split("/").slice(0, -1)) {
    if (part === "forward" || part === "backward" || part === "layer") {
      const { backward_layer: other = null, layer: first = null } = config;
      const held = part === "backward" && isJsonObject(other) ? other : first;
      const name = nameOf(held);
      if (part !== "layer") folder.push(held === other ? name : `${part}_${name}`);
      else if (generation === 3) folder.push(name);
      className = classOf(held);
      config = configOf(held);
    } else if (/^cell_\d+$/.test(part)) folder.push("stacked_rnn_cells", part);
    else folder.push(part);
  }
  const cell = cells ? CELLS.get(className) : undefined;
  if (cell !== undefined) folder.push(cell);
  if (className === "RNN" && !role.includes("cell_")) folder.push(nameOf(config.cell ?? null));
  return folder.join("/");
}

/** Recurrent layers whose weights are those of a cell. */
const CELLS: ReadonlyMap<string, string> = new Map([
  ["LSTM", "lstm_cell"],
  ["GRU", "gru_cell"],
  ["SimpleRNN", "simple_rnn_cell"],
]);

function classOf(held: Json): string {
  return isJsonObject(held) && typeof held.class_name === "string"
    ? plainClass(held.class_name)
    : "";
}

function configOf(held: Json): JsonObject {
  return isJsonObject(held) && isJsonObject(held.config) ? held.config : {};
}

function nameOf(held: Json): string {
  const { name } = configOf(held);
  return typeof name === "string" ? name : snakeCase(classOf(held));
}

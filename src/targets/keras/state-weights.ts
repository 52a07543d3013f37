import { fail } from "../../errors.ts";
import {
  type AttributeContent,
  addDataset,
  createGroup,
  type GroupDraft,
  groupAt,
} from "../../formats/hdf5-writer/index.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import type { Dialect } from "../../sources/keras/layer-spec.ts";
import type { WeightTable } from "../../sources/keras/match-groups.ts";
import { PYTHON_CLASSES } from "../../sources/keras/match-state.ts";
import { plainClass, snakeCase } from "../../sources/keras/parse-model.ts";
import { leafOf, type SpecTable } from "../../sources/keras/slots.ts";
import type { LayerConfig, ModelConfig } from "../../sources/keras/topology.ts";
import { storedBytes } from "../../weights/encode.ts";

/** What laying out weights needs beside the model. */
export interface WeightContext {
  readonly table: WeightTable;
  readonly specs: SpecTable;
  readonly dialect: Dialect;
}

/**
 * The weights of a model as `model.weights.h5` of Keras 3 has them: one group a layer, called after its class and counted
 * within its container, arrays numbered.
 */
export function stateWeights(model: ModelConfig, context: WeightContext): GroupDraft {
  const root = createGroup();
  nameOwner(root, model.name, context);
  putContainer(model, root, context);
  return root;
}

/** An array that stays as it is until it is written. */
export function putWeight(root: GroupDraft, path: string, ref: WeightRef): void {
  const { dtype, shape } = ref;
  const attributes = new Map<string, AttributeContent>();
  if (dtype === "bfloat16") {
    attributes.set("dtype", { kind: "text", value: dtype, charset: "utf-8" });
  }
  addDataset(root, path, { kind: "dataset", dtype, shape, attributes, data: storedBytes(ref) });
}

/** The name that Keras 3.6 and later leave beside the arrays of an object. */
export function nameVariables(group: GroupDraft, name: string): void {
  groupAt(group, "vars").attributes.set("name", { kind: "text", value: name, charset: "utf-8" });
}

/** tf.keras leaves no names. */
function nameOwner(group: GroupDraft, name: string, { dialect }: WeightContext): void {
  if (dialect.generation === 3) nameVariables(group, name);
  else groupAt(group, "vars");
}

function putContainer(model: ModelConfig, group: GroupDraft, context: WeightContext): void {
  const layers = groupAt(group, "layers");
  const counts = new Map<string, number>();
  for (const layer of model.layers) {
    if (model.kind === "sequential" && layer.className === "InputLayer") continue;
    const key = snakeCase(PYTHON_CLASSES.get(layer.fileClass) ?? layer.fileClass);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    putLayer(layer, groupAt(layers, count === 0 ? key : `${key}_${count}`), context);
  }
}

function putLayer(layer: LayerConfig, group: GroupDraft, context: WeightContext): void {
  nameOwner(group, layer.name, context);
  if (layer.model !== undefined) {
    putContainer(layer.model, group, context);
    return;
  }
  const leaf = leafOf(layer, context.specs, context.dialect);
  if (leaf.open) refuseOpen(layer);
  const weights = context.table.get(layer);
  const counts = new Map<string, number>();
  const twice = layer.className === "SpectralNormalization" && context.dialect.generation === 3;
  const kernel = twice ? weights?.get(leaf.slots[0]?.role ?? "") : undefined;
  // It keeps the kernel of what it wraps among its own variables too.
  if (kernel !== undefined) {
    putWeight(group, "vars/0", kernel);
    counts.set("vars", 1);
  }
  for (const { role } of leaf.slots) {
    const ref = weights?.get(role) ?? missing(layer, role);
    const path = `${variablesPath(layer, role.slice(0, role.lastIndexOf("/") + 1), context.dialect)}vars`;
    const count = counts.get(path) ?? 0;
    counts.set(path, count + 1);
    putWeight(group, `${path}/${count}`, ref);
  }
  const own = leaf.slots.some(({ role }) => role.includes("/"));
  if (layer.wrapped !== undefined && !own)
    putLayer(layer.wrapped, groupAt(group, "layer"), context);
}

const RECURRENT: ReadonlySet<string> = new Set([
  "LSTM",
  "GRU",
  "SimpleRNN",
  "RNN",
  "ConvLSTM1D",
  "ConvLSTM2D",
  "ConvLSTM3D",
]);

/** Attention of Keras 3 that keeps its parts under private names, as all of tf.keras does. */
const PRIVATE: ReadonlySet<string> = new Set(["GroupQueryAttention", "GroupedQueryAttention"]);

/** Where in a layer's group the arrays lie whose roles have this prefix; a slash at its end. */
function variablesPath(layer: LayerConfig, prefix: string, { generation }: Dialect): string {
  let path = "";
  let className = layer.className;
  let config = layer.config;
  for (const part of prefix.split("/").filter((name) => name !== "")) {
    const cell = /^cell_(\d+)$/.exec(part);
    if (cell !== null) return `${path}cell/cells/${cellName(config, Number(cell[1]))}/`;
    const { backward_layer: backward, layer: held } = config;
    if (part === "forward" || part === "backward" || part === "layer") {
      const inner = part === "backward" && isJsonObject(backward) ? backward : held;
      className = classOf(inner);
      config = configOf(inner);
      path += part === "layer" ? "layer/" : `${part}_layer/`;
      continue;
    }
    const own = part === "attention_output" ? "output_dense/" : `${part}_dense/`;
    path += generation === 3 && !PRIVATE.has(layer.className) ? own : `_${own}`;
    className = "";
  }
  return RECURRENT.has(className) ? `${path}cell/` : path;
}

/** Cells are counted by class, like layers. */
function cellName(config: JsonObject, index: number): string {
  const { cells = [] } = configOf(config.cell);
  const classes = isJsonList(cells) ? cells.map((cell) => snakeCase(classOf(cell))) : [];
  const own = classes[index] ?? "cell";
  const before = classes.slice(0, index).filter((name) => name === own).length;
  return before === 0 ? own : `${own}_${before}`;
}

function classOf(held: Json | undefined): string {
  return isJsonObject(held) && typeof held.class_name === "string"
    ? plainClass(held.class_name)
    : "";
}

function configOf(held: Json | undefined): JsonObject {
  return isJsonObject(held) && isJsonObject(held.config) ? held.config : {};
}

function missing(layer: LayerConfig, role: string): never {
  return fail("bad-weights", `The weight ${role} is missing.`, {
    at: { layer: layer.path, className: layer.fileClass },
  });
}

function refuseOpen(layer: LayerConfig): never {
  return fail("unsupported", "its class is not known, so where its weights go is not either.", {
    at: { layer: layer.path, className: layer.fileClass },
    hint: "Write the container and the generation that the file has.",
  });
}

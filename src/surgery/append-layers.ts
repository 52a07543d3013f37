import { fail } from "../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import { callNumbering } from "../sources/keras/functional.ts";
import type { ModelConfig, TensorAddress } from "../sources/keras/topology.ts";
import { withConfig } from "./map-layers.ts";

/** A layer that is put behind a model. */
export interface AppendedLayer {
  readonly name: string;
  /** Without its calls. */
  readonly entry: JsonObject;
  /** The shape of what it gives. */
  readonly shape: readonly (number | null)[];
}

/** A model's JSON with layers behind its only output. `model` is what was parsed from it, `shape` that of the output. */
export function appendLayers(
  json: JsonObject,
  model: ModelConfig,
  layers: readonly AppendedLayer[],
  shape: readonly (number | null)[],
): JsonObject {
  const { config } = json;
  if (model.kind === "sequential") {
    const list = isJsonList(config) ? config : isJsonObject(config) ? config.layers : [];
    const longer = [...(isJsonList(list) ? list : []), ...layers.map(({ entry }) => entry)];
    return { ...json, config: isJsonObject(config) ? { ...config, layers: longer } : longer };
  }
  const [end] = model.outputs;
  if (!isJsonObject(config) || !isJsonList(config.layers) || end === undefined) {
    return fail("internal", "Layers cannot be put behind this model.");
  }
  const keras3 = config.layers.some(hasKeras3Calls);
  const first = callNumbering(config, model).inside.get(end.layer) ?? 0;
  let from: Source = { address: { ...end, call: end.call + first }, shape };
  const entries = layers.map(({ name, entry, shape: own }) => {
    const call = keras3 ? keras3Call(from) : oldCall(from);
    from = { address: { layer: name, call: 0, tensor: 0 }, shape: own };
    return { ...entry, name, inbound_nodes: [call] };
  });
  const output = [from.address.layer, 0, 0];
  const flat = isJsonList(config.output_layers) && typeof config.output_layers[0] === "string";
  return withConfig(json, {
    layers: [...config.layers, ...entries],
    output_layers: flat ? output : [output],
  });
}

interface Source {
  /** With the number of the call as the file counts it. */
  readonly address: TensorAddress;
  readonly shape: readonly (number | null)[];
}

function oldCall({ address }: Source): Json {
  return [[address.layer, address.call, address.tensor, {}]];
}

function keras3Call({ address, shape }: Source): Json {
  const { layer, call, tensor } = address;
  const config = { shape: [...shape], dtype: "float32", keras_history: [layer, call, tensor] };
  return { args: [{ class_name: "__keras_tensor__", config }], kwargs: {} };
}

function hasKeras3Calls(entry: Json): boolean {
  if (!isJsonObject(entry) || !isJsonList(entry.inbound_nodes)) return false;
  return entry.inbound_nodes.some((node) => isJsonObject(node) && "args" in node);
}

import { fail } from "../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import { callNumbering } from "../sources/keras/functional.ts";
import { parseAddresses } from "../sources/keras/inbound.ts";
import { addressesOf } from "../sources/keras/layer-order.ts";
import { layerName } from "../sources/keras/parse-model.ts";
import { sequentialEntries } from "../sources/keras/sequential.ts";
import type { LayerConfig, ModelConfig, TensorAddress } from "../sources/keras/topology.ts";
import { withConfig } from "./map-layers.ts";

/**
 * A model's JSON without all that its new last tensor does not need. `at`: the tensor's address in the model, then in each nested model
 * that it lies in. `model` is what was parsed from the JSON.
 */
export function cutModel(
  json: JsonObject,
  model: ModelConfig,
  at: readonly TensorAddress[],
): JsonObject {
  const [address, ...inner] = at;
  if (address === undefined) return json;
  return model.kind === "sequential"
    ? cutSequential(json, model, { address, inner })
    : cutFunctional(json, model, { address, inner });
}

interface CutPlace {
  readonly address: TensorAddress;
  /** Within the nested model that gives the tensor. */
  readonly inner: readonly TensorAddress[];
}

function cutSequential(
  json: JsonObject,
  model: ModelConfig,
  { address, inner }: CutPlace,
): JsonObject {
  const { config } = json;
  const list = isJsonList(config) ? config : isJsonObject(config) ? config.layers : undefined;
  const places = sequentialEntries(isJsonList(list) ? list : []).filter(
    ({ entry, branch }) => branch === undefined && layerName(entry) === address.layer,
  );
  const place = places[address.call]?.place;
  if (place === undefined || !isJsonList(list)) return nothingLeft(address);
  const kept = list
    .slice(0, place + 1)
    .map((entry, index) => (index === place ? cutInside(entry, model, { address, inner }) : entry));
  return { ...json, config: isJsonObject(config) ? { ...config, layers: kept } : kept };
}

/** The entry of the nested model that gives the tensor, cut itself. */
function cutInside(entry: Json, model: ModelConfig, { address, inner }: CutPlace): Json {
  const layer = model.layers.find(({ name }) => name === address.layer);
  if (inner.length === 0 || layer?.model === undefined || !isJsonObject(entry)) return entry;
  if (layer.calls.length > 1) {
    return fail("unsupported", "It is used several times, so it cannot be cut in one of them.", {
      at: { layer: layer.path, className: layer.fileClass },
      hint: "Say behind which layer the new head comes: --head-after LAYER",
    });
  }
  return cutModel(entry, layer.model, inner);
}

function cutFunctional(json: JsonObject, model: ModelConfig, place: CutPlace): JsonObject {
  const { config } = json;
  if (!isJsonObject(config) || !isJsonList(config.layers)) return nothingLeft(place.address);
  const { address } = place;
  const needed = neededCalls(model, address);
  const layers = config.layers.flatMap((entry): readonly Json[] => {
    const name = layerName(entry);
    const count = needed.get(name ?? "");
    if (count === undefined || !isJsonObject(entry)) return [];
    const cut = name === address.layer ? cutInside(entry, model, place) : entry;
    return [isJsonObject(cut) ? withCalls(cut, count) : cut];
  });
  const { input_layers: inputs = null, output_layers: outputs = null } = config;
  const { ends } = callNumbering(config, model);
  const output = [address.layer, address.call + (ends.get(address.layer) ?? 0), address.tensor];
  return withConfig(json, {
    layers,
    input_layers: keptInputs(inputs, needed),
    // Keras 3 writes a single one without a list around it.
    output_layers: isJsonList(outputs) && typeof outputs[0] === "string" ? output : [output],
  });
}

/** The layers that a tensor needs, with the number of their calls. */
function neededCalls(model: ModelConfig, end: TensorAddress): ReadonlyMap<string, number> {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const calls = new Map<string, Set<number>>();
  const open: TensorAddress[] = [end];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const known = calls.get(next.layer) ?? new Set<number>();
    calls.set(next.layer, known);
    if (known.has(next.call)) continue;
    known.add(next.call);
    const call = byName.get(next.layer)?.calls[next.call];
    if (call !== undefined) open.push(...addressesOf(call));
  }
  return new Map(
    [...calls].map(([name, numbers]) => [name, firstCalls(byName.get(name), numbers)] as const),
  );
}

/** Calls keep their numbers, so only the last ones may go. */
function firstCalls(layer: LayerConfig | undefined, numbers: ReadonlySet<number>): number {
  const count = Math.max(...numbers) + 1;
  if (numbers.size === count || layer === undefined) return count;
  return fail("unsupported", "Only its later calls would stay, which cannot be said.", {
    at: { layer: layer.path, className: layer.fileClass },
    hint: "Say behind which layer the new head comes: --head-after LAYER",
  });
}

function withCalls(entry: JsonObject, count: number): JsonObject {
  const { inbound_nodes: calls } = entry;
  if (!isJsonList(calls) || calls.length <= count) return entry;
  return { ...entry, inbound_nodes: calls.slice(0, count) };
}

function keptInputs(inputs: Json, needed: ReadonlyMap<string, number>): Json {
  const stays = (value: Json): boolean =>
    parseAddresses(value, {}).every(({ layer }) => needed.has(layer));
  if (isJsonObject(inputs)) {
    return Object.fromEntries(Object.entries(inputs).filter(([, value]) => stays(value)));
  }
  if (!isJsonList(inputs) || typeof inputs[0] === "string") return inputs;
  return inputs.filter(stays);
}

function nothingLeft({ layer }: TensorAddress): never {
  return fail("bad-option", `Nothing of the model is left behind "${layer}".`);
}

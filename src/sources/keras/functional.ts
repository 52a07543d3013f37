import { fail } from "../../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { parseAddresses, parseInbound } from "./inbound.ts";
import { type ParseContext, parseLayer } from "./parse-model.ts";
import type { Argument, CallConfig, LayerConfig, ModelConfig, TensorAddress } from "./topology.ts";

/** A functional model: `layers` with `inbound_nodes`, `input_layers`, `output_layers`. */
export function parseFunctional(
  className: string,
  config: JsonObject,
  name: string,
  context: ParseContext,
): ModelConfig {
  const { at } = context;
  const entries = isJsonList(config.layers) ? config.layers : [];
  const names = new Set(entries.map(entryName));
  const isLayer = (layer: string): boolean => names.has(layer);
  const raw = entries.map((entry) => {
    const inbound = isJsonObject(entry) ? entry.inbound_nodes : undefined;
    return parseLayer(entry, context, parseInbound(inbound, isLayer, at));
  });
  checkNames(raw, context);
  const inputs = parseAddresses(config.input_layers, at);
  const outputs = parseAddresses(config.output_layers, at);
  const numbering = numbersOf(entries, raw, [...inputs, ...outputs]);
  const resolve = addressResolver(raw, numbering.inside, context);
  const end = addressResolver(raw, numbering.ends, context);
  return {
    name,
    className,
    kind: "functional",
    layers: raw.map((layer) => ({
      ...layer,
      calls: layer.calls.map((call) => mapAddresses(call, resolve)),
    })),
    inputs: inputs.map(end),
    inputKeys: inputKeys(config.input_layers, inputs),
    outputs: outputs.map(end),
  };
}

/**
 * How the calls of a functional model's layers are numbered in its config, for those who write another one into it. `model` is what
 * was parsed from it.
 */
export function callNumbering(config: JsonObject, model: ModelConfig): CallNumbering {
  const entries = isJsonList(config.layers) ? config.layers : [];
  const names = new Set(model.layers.map(({ name }) => name));
  const raw = model.layers.map((layer, index) => {
    const entry = entries[index];
    const inbound = isJsonObject(entry) ? entry.inbound_nodes : undefined;
    return { ...layer, calls: parseInbound(inbound, (name) => names.has(name), {}) };
  });
  const ends = [config.input_layers, config.output_layers].flatMap((one) =>
    parseAddresses(one, {}),
  );
  return numbersOf(entries, raw, ends);
}

function numbersOf(
  entries: readonly Json[],
  raw: readonly LayerConfig[],
  ends: readonly TensorAddress[],
): CallNumbering {
  return entries.some(hasKeras3Calls) ? keras3Numbers(raw) : oldNumbers(raw, ends);
}

function inputKeys(stated: Json | undefined, inputs: readonly TensorAddress[]): readonly string[] {
  const keys = isJsonObject(stated) ? Object.keys(stated) : [];
  return keys.length === inputs.length ? keys : inputs.map(({ layer }) => layer);
}

function entryName(entry: Json): string {
  if (!isJsonObject(entry)) return "";
  const { name, config } = entry;
  const inner = isJsonObject(config) ? config.name : undefined;
  if (typeof inner === "string") return inner;
  return typeof name === "string" ? name : "";
}

function checkNames(layers: readonly LayerConfig[], { at, prefix }: ParseContext): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    if (seen.has(name)) {
      fail("bad-config", `Two layers are called "${prefix}${name}".`, { at });
    }
    seen.add(name);
  }
}

/** The number of each layer's first call, where it is not 0: in the arguments of layers, and in the model's inputs and outputs. */
export interface CallNumbering {
  readonly inside: ReadonlyMap<string, number>;
  readonly ends: ReadonlyMap<string, number>;
}

/** Keras 3 counts the making of a nested functional model as its call 0, but only in `input_layers` and `output_layers`. */
function keras3Numbers(layers: readonly LayerConfig[]): CallNumbering {
  const nested = layers.filter(({ model }) => model?.kind === "functional");
  return { inside: new Map(), ends: new Map(nested.map(({ name }) => [name, 1])) };
}

/**
 * Up to tf.keras 2.15 a nested model counts its own making everywhere; a Sequential that was never built does not. Every call in a
 * config is read by somebody, so the highest number read tells which it is.
 */
function oldNumbers(layers: readonly LayerConfig[], ends: readonly TensorAddress[]): CallNumbering {
  const highest = new Map<string, number>();
  const used = [...layers.flatMap((layer) => layer.calls.flatMap(addressesOf)), ...ends];
  for (const { layer, call } of used) highest.set(layer, Math.max(highest.get(layer) ?? 0, call));
  const made = layers.filter(
    ({ name, model, calls }) =>
      model !== undefined && highest.get(name) === Math.max(1, calls.length),
  );
  const first = new Map(made.map(({ name }) => [name, 1]));
  return { inside: first, ends: first };
}

function hasKeras3Calls(entry: Json): boolean {
  if (!isJsonObject(entry) || !isJsonList(entry.inbound_nodes)) return false;
  return entry.inbound_nodes.some((node) => isJsonObject(node) && "args" in node);
}

/** Turns node numbers of the file into calls counted from 0. */
function addressResolver(
  layers: readonly LayerConfig[],
  first: ReadonlyMap<string, number>,
  context: ParseContext,
): (address: TensorAddress) => TensorAddress {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return (address) => {
    const layer = byName.get(address.layer) ?? unknownLayer(address, context);
    const count = Math.max(1, layer.calls.length);
    const call = address.call - (first.get(layer.name) ?? 0);
    return call >= 0 && call < count ? { ...address, call } : unknownNode(address, count, context);
  };
}

function addressesOf(call: CallConfig): readonly TensorAddress[] {
  const positional = call.args.flatMap((arg) => (arg.kind === "tensor" ? [arg.address] : []));
  return [...positional, ...[...call.keywords.values()].flat()];
}

function mapAddresses(
  call: CallConfig,
  resolve: (address: TensorAddress) => TensorAddress,
): CallConfig {
  const map = (arg: Argument): Argument =>
    arg.kind === "tensor" ? { ...arg, address: resolve(arg.address) } : arg;
  const keywords = [...call.keywords].map(([key, list]) => [key, list.map(resolve)] as const);
  return { ...call, args: call.args.map(map), keywords: new Map(keywords) };
}

function unknownLayer({ layer }: TensorAddress, { at, prefix }: ParseContext): never {
  return fail(
    "bad-config",
    `A tensor of layer "${prefix}${layer}" is used, which does not exist.`,
    {
      at,
    },
  );
}

function unknownNode({ layer, call }: TensorAddress, count: number, context: ParseContext): never {
  return fail(
    "bad-config",
    `Call ${call} of layer "${context.prefix}${layer}" is used, but it is called ${count === 1 ? "once" : `${count} times`}.`,
    { at: context.at },
  );
}

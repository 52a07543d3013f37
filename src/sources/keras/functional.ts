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
  const resolve = addressResolver(raw, [...inputs, ...outputs], context);
  return {
    name,
    className,
    kind: "functional",
    layers: raw.map((layer) => ({
      ...layer,
      calls: layer.calls.map((call) => mapAddresses(call, resolve)),
    })),
    inputs: inputs.map(resolve),
    inputKeys: inputKeys(config.input_layers, inputs),
    outputs: outputs.map(resolve),
  };
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

/**
 * Turns node numbers of the file into calls counted from 0. Up to tf.keras 2.15 a nested model counts its own making
 * as node 0, so its first use is 1; Keras 3 does not, nor does a Sequential that was never built. Every call in a
 * config is read by somebody, so the highest number read tells which it is.
 */
function addressResolver(
  layers: readonly LayerConfig[],
  ends: readonly TensorAddress[],
  context: ParseContext,
): (address: TensorAddress) => TensorAddress {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const highest = new Map<string, number>();
  const used = [...layers.flatMap((layer) => layer.calls.flatMap(addressesOf)), ...ends];
  for (const { layer, call } of used) highest.set(layer, Math.max(highest.get(layer) ?? 0, call));
  return (address) => {
    const layer = byName.get(address.layer) ?? unknownLayer(address, context);
    const count = Math.max(1, layer.calls.length);
    const first = layer.model !== undefined && highest.get(layer.name) === count ? 1 : 0;
    const call = address.call - first;
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

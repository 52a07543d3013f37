import { fail, type Place } from "../../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { quoteJson } from "./config.ts";
import type { Argument, CallConfig, TensorAddress } from "./topology.ts";

/**
 * The calls of a layer from its `inbound_nodes`, in any dialect. Node numbers are those of the file.
 * `isLayer` tells which names are layers of this model.
 */
export function parseInbound(
  nodes: Json | undefined,
  isLayer: (name: string) => boolean,
  at: Place,
): readonly CallConfig[] {
  if (nodes === undefined || nodes === null) return [];
  if (!isJsonList(nodes)) return misfit(nodes, at);
  return nodes.map((node) => {
    if (isJsonObject(node)) {
      return "args" in node ? keras3Call(node, at) : keyedCall(node, isLayer, at);
    }
    return isJsonList(node) ? oldCall(node, isLayer, at) : misfit(node, at);
  });
}

/**
 * The tensors of `input_layers` or `output_layers`: a list of `[name, node, tensor]`, a single one laid flat (Keras 3),
 * or an object of them by key.
 */
export function parseAddresses(value: Json | undefined, at: Place): readonly TensorAddress[] {
  if (value === undefined || value === null) return [];
  const address = asAddress(value);
  if (address !== undefined) return [address];
  if (isJsonList(value)) return value.flatMap((item) => parseAddresses(item, at));
  if (isJsonObject(value)) return Object.values(value).flatMap((item) => parseAddresses(item, at));
  return misfit(value, at);
}

/** Keras 3: `{ args, kwargs }` with tensors as objects at any depth. */
function keras3Call(node: JsonObject, at: Place): CallConfig {
  const { args, kwargs } = node;
  const positional = isJsonList(args) ? args : [];
  return collect(positional, isJsonObject(kwargs) ? kwargs : {}, (value) =>
    keras3Tensor(value, at),
  );
}

function keras3Tensor(value: Json, at: Place): TensorAddress | undefined {
  if (!isJsonObject(value) || value.class_name !== "__keras_tensor__") return undefined;
  const config = value.config;
  const history = isJsonObject(config) ? config.keras_history : undefined;
  return asAddress(history ?? null) ?? misfit(value, at);
}

/** Keras 1, 2 and tf.keras: a list of `[name, node, tensor, kwargs]`, or a single one without the list around it. */
function oldCall(node: readonly Json[], isLayer: (name: string) => boolean, at: Place): CallConfig {
  const entries = typeof node[0] === "string" ? [node] : node;
  const first = entries[0];
  const kwargs = isJsonList(first) ? first[3] : undefined;
  const args = entries.map((entry) => oldArgument(entry, at));
  const rest = collect([], isJsonObject(kwargs) ? kwargs : {}, (value) =>
    kwargTensor(value, isLayer),
  );
  return { ...rest, args };
}

/** tf.keras: a layer called with a dict of tensors; its keys are those of the inner model's inputs. */
function keyedCall(node: JsonObject, isLayer: (name: string) => boolean, at: Place): CallConfig {
  const keys = Object.keys(node);
  const call = oldCall(
    keys.map((key) => node[key] ?? null),
    isLayer,
    at,
  );
  return { ...call, args: call.args.map((arg, index) => withKey(arg, keys[index])) };
}

/** `_CONSTANT_VALUE` marks a literal first argument of tf.keras. */
function oldArgument(entry: Json, at: Place): Argument {
  if (isJsonList(entry) && entry[0] === "_CONSTANT_VALUE") {
    return { kind: "literal", value: entry[2] ?? null };
  }
  const address = isJsonList(entry) ? asAddress(entry.slice(0, 3)) : undefined;
  return { kind: "tensor", address: address ?? misfit(entry, at) };
}

/** In keyword arguments only the name of a layer tells a tensor from a list of literals. */
function kwargTensor(value: Json, isLayer: (name: string) => boolean): TensorAddress | undefined {
  if (!isJsonList(value) || value.length < 3) return undefined;
  const address = asAddress(value.slice(0, 3));
  return address !== undefined && isLayer(address.layer) ? address : undefined;
}

/** Splits arguments into tensors and literals; a list or tuple that holds tensors is laid flat. */
function collect(
  args: readonly Json[],
  kwargs: JsonObject,
  tensorOf: (value: Json) => TensorAddress | undefined,
): CallConfig {
  const literals: [string, Json][] = [];
  const keywords = new Map<string, readonly TensorAddress[]>();
  for (const [key, value] of Object.entries(kwargs)) {
    const tensors = tensorsIn(value, tensorOf);
    if (tensors.length > 0) keywords.set(key, tensors);
    else literals.push([key, value]);
  }
  return {
    args: args.flatMap((value) => flatten(value, tensorOf)),
    keywords,
    kwargs: Object.fromEntries(literals),
  };
}

function flatten(
  value: Json,
  tensorOf: (value: Json) => TensorAddress | undefined,
): readonly Argument[] {
  const address = tensorOf(value);
  if (address !== undefined) return [{ kind: "tensor", address }];
  if (tensorsIn(value, tensorOf).length === 0) return [{ kind: "literal", value }];
  if (isJsonList(value)) return value.flatMap((item) => flatten(item, tensorOf));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    flatten(item, tensorOf).map((arg) => withKey(arg, key)),
  );
}

function withKey(arg: Argument, key: string | undefined): Argument {
  return arg.kind === "literal" || key === undefined ? arg : { ...arg, key };
}

function tensorsIn(
  value: Json,
  tensorOf: (value: Json) => TensorAddress | undefined,
): readonly TensorAddress[] {
  const address = tensorOf(value);
  if (address !== undefined) return [address];
  if (isJsonList(value)) return value.flatMap((item) => tensorsIn(item, tensorOf));
  if (!isJsonObject(value)) return [];
  return Object.values(value).flatMap((item) => tensorsIn(item, tensorOf));
}

function asAddress(value: Json): TensorAddress | undefined {
  if (!isJsonList(value) || value.length < 1 || value.length > 4) return undefined;
  const [layer, call = 0, tensor = 0] = value;
  if (typeof layer !== "string" || !isIndex(call) || !isIndex(tensor)) return undefined;
  return { layer, call, tensor };
}

function isIndex(value: Json): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function misfit(value: Json, at: Place): never {
  return fail(
    "bad-config",
    `${quoteJson(value)} is no tensor of the model; expected [layer, node, tensor].`,
    { at },
  );
}

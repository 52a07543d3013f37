import { fail } from "../../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { type ParseContext, parseLayer } from "./parse-model.ts";
import type { Argument, CallConfig, LayerConfig, ModelConfig, TensorAddress } from "./topology.ts";

/**
 * A Sequential model as a chain of calls. Without an InputLayer one is made, called like Keras does it:
 * `<first layer>_input`. A `Merge` of Keras 1 in the first place opens into its branches.
 */
export function parseSequential(
  className: string,
  config: JsonObject | readonly Json[],
  name: string,
  context: ParseContext,
): ModelConfig {
  const list = isJsonList(config) ? config : config.layers;
  const entries = isJsonList(list) ? nameModels(list) : [];
  const [first, ...rest] = entries;
  if (first === undefined) {
    return fail("bad-config", `The model "${name}" has no layers.`, { at: context.at });
  }
  const chain = startChain(first, isJsonList(config) ? undefined : config, context);
  for (const entry of rest) extend(chain, entry, context);
  return {
    name,
    className,
    kind: "sequential",
    layers: chain.layers,
    inputs: chain.inputs,
    inputKeys: chain.inputs.map((input) => input.layer),
    outputs: chain.end,
  };
}

/** A chain while it grows: what it has so far, and the tensors at its end. */
interface Chain {
  readonly layers: LayerConfig[];
  readonly inputs: readonly TensorAddress[];
  end: readonly TensorAddress[];
}

function startChain(first: Json, config: JsonObject | undefined, context: ParseContext): Chain {
  const branches = mergeBranches(first);
  if (branches !== undefined) return startWithMerge(first, branches, context);
  const layer = parseLayer(first, context);
  if (layer.className === "InputLayer") {
    const inputs = [addressOf(layer)];
    return { layers: [layer], inputs, end: inputs };
  }
  const given = config?.build_input_shape ?? config?.batch_input_shape;
  const ports = inputsFor(layer, given, context);
  const inputs = ports.map((port) => addressOf(port));
  const chain: Chain = { layers: [...ports], inputs, end: inputs };
  append(chain, layer);
  return chain;
}

function extend(chain: Chain, entry: Json, context: ParseContext): void {
  const layer = parseLayer(entry, context);
  const index = chain.layers.findIndex((other) => other.name === layer.name);
  const known = chain.layers[index];
  if (known === undefined) {
    append(chain, layer);
    return;
  }
  if (JSON.stringify(known.json) !== JSON.stringify(layer.json)) {
    fail("bad-config", `Two layers are called "${layer.path}".`, { at: context.at });
  }
  // The same layer object added twice.
  chain.layers[index] = { ...known, calls: [...known.calls, callOn(chain.end)] };
  chain.end = outputsOf(known, known.calls.length);
}

function append(chain: Chain, layer: LayerConfig): void {
  chain.layers.push({ ...layer, calls: [callOn(chain.end)] });
  chain.end = outputsOf(layer, 0);
}

/** InputLayers for a first layer, or for each input of a first model. */
function inputsFor(
  layer: LayerConfig,
  given: Json | undefined,
  context: ParseContext,
): readonly LayerConfig[] {
  if (layer.model === undefined) {
    return [inputLayer(`${layer.name}_input`, layer.config, given, context)];
  }
  const { inputs, layers } = layer.model;
  return inputs.map((address, index) => {
    const inner = layers.find((candidate) => candidate.name === address.layer);
    const suffix = index === 0 ? "" : `_${index}`;
    return inputLayer(`${layer.name}_input${suffix}`, inner?.config ?? {}, given, context);
  });
}

/** An InputLayer with the shape that the layer after it states, or that the model was built for. */
function inputLayer(
  name: string,
  first: JsonObject,
  given: Json | undefined,
  context: ParseContext,
): LayerConfig {
  const shape = first.batch_input_shape ?? unbatched(first) ?? given;
  const { dtype } = first;
  const config: JsonObject = {
    name,
    ...(shape === undefined ? {} : { batch_input_shape: shape }),
    ...(typeof dtype === "string" ? { dtype } : {}),
  };
  return parseLayer({ class_name: "InputLayer", config }, context);
}

/** Keras 0.x and early 1.x: `input_shape` without the batch, or `input_dim` with `input_length`. */
function unbatched(config: JsonObject): Json | undefined {
  const { input_shape: shape, input_dim: dim, input_length: length } = config;
  if (isJsonList(shape)) return [null, ...shape];
  if (config.output_dim !== undefined || typeof dim !== "number") return undefined;
  return typeof length === "number" ? [null, length, dim] : [null, dim];
}

/** The models or layers that a Keras 1 `Merge` holds as the first element of a Sequential. */
function mergeBranches(entry: Json): readonly Json[] | undefined {
  if (!isJsonObject(entry) || entry.class_name !== "Merge") return undefined;
  const { config } = entry;
  if (!isJsonObject(config)) return undefined;
  return isJsonList(config.layers) ? config.layers : undefined;
}

function startWithMerge(entry: Json, branches: readonly Json[], context: ParseContext): Chain {
  const layers: LayerConfig[] = [];
  const inputs: TensorAddress[] = [];
  const ends: TensorAddress[] = [];
  for (const [index, branch] of branches.entries()) {
    const layer = parseLayer(named(branch, `branch_${index + 1}`), context);
    const ports = layer.className === "InputLayer" ? [layer] : inputsFor(layer, undefined, context);
    const addresses = ports.map((port) => addressOf(port));
    const chain: Chain = { layers: [...ports], inputs: addresses, end: addresses };
    if (layer.className !== "InputLayer") append(chain, layer);
    layers.push(...chain.layers);
    inputs.push(...chain.inputs);
    ends.push(...chain.end);
  }
  const chain: Chain = { layers, inputs, end: ends };
  append(chain, parseLayer(entry, context));
  return chain;
}

/** Models without a name get those that Keras gives: `sequential_1`, `sequential_2`, … */
function nameModels(entries: readonly Json[]): readonly Json[] {
  let count = 0;
  return entries.map((entry) => {
    const model = named(entry, `sequential_${count + 1}`);
    if (model !== entry) count++;
    return model;
  });
}

/** A Sequential of Keras 1 and early Keras 2 has no name of its own. */
function named(branch: Json, name: string): Json {
  const unnamed = isJsonObject(branch) && isJsonList(branch.config) && branch.name === undefined;
  if (!unnamed) return branch;
  return { name, ...branch };
}

function callOn(tensors: readonly TensorAddress[]): CallConfig {
  const args = tensors.map((address): Argument => ({ kind: "tensor", address }));
  return { args, keywords: new Map(), kwargs: {} };
}

function addressOf(layer: LayerConfig): TensorAddress {
  return { layer: layer.name, call: 0, tensor: 0 };
}

function outputsOf(layer: LayerConfig, call: number): readonly TensorAddress[] {
  const count = layer.model?.outputs.length ?? 1;
  return Array.from({ length: count }, (_, tensor) => ({ layer: layer.name, call, tensor }));
}

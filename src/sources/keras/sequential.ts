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
  const stated = isJsonList(config) ? undefined : config;
  if (first === undefined) {
    return fail("bad-config", `The model "${name}" has no layers.`, { at: context.at });
  }
  const chain = startChain(first, stated?.batch_input_shape ?? builtFor(stated, entries), context);
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
  /** Where each layer stands in `layers`. */
  readonly places: Map<string, number>;
  readonly inputs: readonly TensorAddress[];
  end: readonly TensorAddress[];
}

/** Starts a chain at the first entry; `given` is an input shape for when that has none. */
function startChain(first: Json, given: Json | undefined, context: ParseContext): Chain {
  const branches = mergeBranches(first);
  if (branches !== undefined) return startWithMerge(first, branches, context);
  const layer = parseLayer(first, context);
  if (layer.className !== "InputLayer") {
    const chain = chainOf(inputsFor(layer, given, context));
    append(chain, layer);
    return chain;
  }
  const { batch_input_shape: shape } = layer.config;
  const known = (shape ?? null) !== null || given === undefined;
  return chainOf([
    known ? layer : { ...layer, config: { ...layer.config, batch_input_shape: given } },
  ]);
}

function chainOf(inputs: readonly LayerConfig[]): Chain {
  const addresses = inputs.map((input) => addressOf(input));
  const places = new Map(inputs.map((input, place) => [input.name, place]));
  return { layers: [...inputs], places, inputs: addresses, end: addresses };
}

/** The shape that a model without a stated one was first called with; its batch means nothing. */
function builtFor(config: JsonObject | undefined, entries: readonly Json[]): Json | undefined {
  const entry = entries.find((item) => isJsonObject(item) && item.class_name !== "InputLayer");
  const build = isJsonObject(entry) ? entry.build_config : undefined;
  const shape = config?.build_input_shape ?? (isJsonObject(build) ? build.input_shape : undefined);
  return isJsonList(shape) && shape.length > 0 ? [null, ...shape.slice(1)] : undefined;
}

function extend(chain: Chain, entry: Json, context: ParseContext): void {
  const layer = parseLayer(entry, context);
  const place = chain.places.get(layer.name) ?? -1;
  const known = chain.layers[place];
  if (known === undefined) {
    append(chain, layer);
    return;
  }
  if (JSON.stringify(known.json) !== JSON.stringify(layer.json)) {
    fail("bad-config", `Two layers are called "${layer.path}".`, { at: context.at });
  }
  // The same layer object added twice.
  chain.layers[place] = { ...known, calls: [...known.calls, callOn(chain.end)] };
  chain.end = outputsOf(known, known.calls.length);
}

function append(chain: Chain, layer: LayerConfig): void {
  chain.places.set(layer.name, chain.layers.length);
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

/**
 * The entries of a Sequential's layer list under the names that their layers get; a `Merge` of Keras 1 in the first place comes after
 * its branches.
 */
export function sequentialEntries(list: readonly Json[]): readonly SequentialEntry[] {
  return nameModels(list).flatMap((entry, place): readonly SequentialEntry[] => {
    const branches = place === 0 ? (mergeBranches(entry) ?? []) : [];
    return [
      ...branches.map((branch, index) => ({
        entry: named(branch, `branch_${index + 1}`),
        place,
        branch: index,
      })),
      { entry, place },
    ];
  });
}

/** One entry of a layer list. */
export interface SequentialEntry {
  readonly entry: Json;
  /** Index in the list. */
  readonly place: number;
  /** Index among the branches of the `Merge` at that place. */
  readonly branch?: number;
}

/** The models or layers that a Keras 1 `Merge` holds as the first element of a Sequential. */
function mergeBranches(entry: Json): readonly Json[] | undefined {
  if (!isJsonObject(entry) || entry.class_name !== "Merge") return undefined;
  const { config } = entry;
  if (!isJsonObject(config)) return undefined;
  return isJsonList(config.layers) ? config.layers : undefined;
}

function startWithMerge(entry: Json, branches: readonly Json[], context: ParseContext): Chain {
  const starts = branches.map((branch, index) => {
    const layer = parseLayer(named(branch, `branch_${index + 1}`), context);
    if (layer.className === "InputLayer") return chainOf([layer]);
    const start = chainOf(inputsFor(layer, undefined, context));
    append(start, layer);
    return start;
  });
  const layers = starts.flatMap((start) => start.layers);
  const chain: Chain = {
    layers,
    places: new Map(layers.map((layer, place) => [layer.name, place])),
    inputs: starts.flatMap((start) => start.inputs),
    end: starts.flatMap((start) => start.end),
  };
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

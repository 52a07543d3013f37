import { type Diagnostics, throwIfErrors } from "../../../errors.ts";
import type { SummaryShape } from "../../../ir/model-summary.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { layerOrder } from "../../../sources/keras/layer-order.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import type { WeightTable } from "../../../sources/keras/match-groups.ts";
import type {
  Argument,
  CallConfig,
  LayerConfig,
  ModelConfig,
  TensorAddress,
} from "../../../sources/keras/topology.ts";
import { constantWeight } from "../../../weights/constant.ts";
import { scaleWeight } from "../../../weights/scale.ts";
import { inOrder } from "./in-order.ts";
import { isOperationLayer, operationLayers } from "./operation-layers.ts";
import type { WordedLayer, WordedModel } from "./worded-model.ts";
import type { LayerFacts, Operation, SteeperGates, Step, TranslatedLayer, Words } from "./words.ts";

/** What translating a model needs beside its architecture. */
export interface TranslateContext {
  readonly words: Words;
  readonly dialect: Dialect;
  readonly table: WeightTable;
  readonly log: Diagnostics;
  readonly shapesAt: ShapesAt;
}

/** Shapes of what a call of a layer gives, by its path; empty where nothing is known. */
export type ShapesAt = (path: string, call: number) => readonly SummaryShape[];

/** A model in new words, and what became of its weights. */
export interface Translation {
  readonly model: WordedModel;
  /** By the path of their layer. */
  readonly weights: ReadonlyMap<string, ReadonlyMap<string, WeightRef>>;
  /** Paths of the layers whose computation is now spread over several layers or scaled weights. */
  readonly rewritten: ReadonlySet<string>;
  /** Whether numbers of weights changed, not just their order. */
  readonly scaled: boolean;
}

/**
 * Translates a model of any generation to the words of another. Throws `unsupported` with every layer that they cannot say.
 */
export function translateModel(model: ModelConfig, context: TranslateContext): Translation {
  const state: State = { ...context, weights: new Map(), rewritten: new Set(), scaled: [] };
  const translated = translateLayers(model, state, "");
  throwIfErrors(context.log);
  const { weights, rewritten, scaled } = state;
  warnScaled(scaled, context);
  return { model: translated, weights, rewritten, scaled: scaled.length > 0 };
}

interface State extends TranslateContext {
  readonly weights: Map<string, ReadonlyMap<string, WeightRef>>;
  readonly rewritten: Set<string>;
  readonly scaled: string[];
}

function translateLayers(model: ModelConfig, state: State, prefix: string): WordedModel {
  const chain = model.kind === "sequential" && model.inputs.length === 1 && isChain(model);
  const names = new Set(model.layers.map(({ name }) => name));
  const ends = new Map<string, string>();
  const layers = (chain ? model.layers : layerOrder(model)).flatMap((layer) =>
    expand(layer, translateOne(layer, state, names), { names, ends, prefix }, state),
  );
  const moved = (address: TensorAddress): TensorAddress => {
    const end = ends.get(address.layer);
    return end === undefined ? address : { ...address, layer: end };
  };
  const own = new Set(layers.map(({ layer }) => layer.name));
  const result: WordedModel = {
    name: model.name,
    kind: chain ? "sequential" : "functional",
    trainable: true,
    layers: layers.map(({ layer, inside }) =>
      inside ? layer : { ...layer, calls: layer.calls.map((call) => mapCall(call, moved)) },
    ),
    inputs: model.inputs,
    outputs: model.outputs.map(moved),
  };
  return own.size === model.layers.length || chain ? result : inOrder(result);
}

/** Whether every layer is called once, on what the one before it gives. */
function isChain(model: ModelConfig): boolean {
  return model.layers.every(
    ({ calls, className }) => className === "InputLayer" || calls.length === 1,
  );
}

type Translated =
  | { readonly kind: "layer"; readonly layer: TranslatedLayer }
  | { readonly kind: "operation"; readonly operation: Operation }
  | { readonly kind: "layers"; readonly layers: readonly WordedLayer[] }
  | { readonly kind: "model"; readonly model: WordedModel };

function translateOne(
  layer: LayerConfig,
  state: State,
  names: Set<string> = new Set(),
): Translated {
  const stored = state.table.get(layer);
  if (layer.model !== undefined) {
    const inner = translateLayers(layer.model, state, `${layer.path}/`);
    return {
      kind: "model",
      model: { ...inner, name: layer.name, trainable: layer.ownTrainable },
    };
  }
  const operation = state.words.operation?.(layer, state.dialect);
  if (operation !== undefined) return { kind: "operation", operation };
  const steeper: SteeperGates[] = [];
  const facts: LayerFacts = {
    name: layer.name,
    path: layer.path,
    fileClass: layer.fileClass,
    trainable: layer.trainable,
    dialect: state.dialect,
    log: state.log,
    prefixes: [""],
    steeper,
    weightShape: (role) => stored?.get(role)?.shape,
  };
  if (isOperationLayer(layer, state.dialect)) return sayOperation(layer, facts, state, names);
  const { wrapped, config } = layer;
  const { layer: _, ...rest } = config;
  const verbatim = state.words.verbatim === true && wrapped?.model === undefined;
  const translated = verbatim
    ? { className: layer.fileClass, config: layer.json }
    : state.words.translateLayer(
        layer.className,
        wrapped?.model === undefined ? config : rest,
        facts,
      );
  if (stored !== undefined)
    state.weights.set(layer.path, scaleGates(stored, steeper, state.words.steepness));
  if (steeper.length > 0) state.scaled.push(layer.path);
  if (steeper.length > 0 || ("reworded" in translated && translated.reworded))
    state.rewritten.add(layer.path);
  if (wrapped?.model === undefined) return { kind: "layer", layer: translated };
  const inner = translateOne(wrapped, state);
  const held = inner.kind === "model" ? state.words.serialise(inner.model, () => undefined) : {};
  return {
    kind: "layer",
    layer: { ...translated, config: { ...translated.config, layer: held } },
  };
}

/** An operation as layers; none where there are none, which is logged. */
function sayOperation(
  layer: LayerConfig,
  facts: LayerFacts,
  { words, shapesAt, rewritten }: State,
  names: Set<string>,
): Translated {
  const prefix = layer.path.slice(0, layer.path.length - layer.name.length);
  const layers = operationLayers(layer, {
    words,
    facts,
    outputs: shapesAt(layer.path, 0).length,
    shapeOf: ({ layer: source, call, tensor }) => shapesAt(`${prefix}${source}`, call)[tensor],
    freeName: (wanted) => freeName(wanted, names),
  });
  for (const { name } of layers ?? []) rewritten.add(`${prefix}${name}`);
  return { kind: "layers", layers: layers ?? [] };
}

interface Surroundings {
  readonly names: Set<string>;
  /** Where the values of a layer come from now. */
  readonly ends: Map<string, string>;
  readonly prefix: string;
}

interface Placed {
  readonly layer: WordedLayer;
  /** Whether its calls are in the new words already. */
  readonly inside: boolean;
}

/** A layer with those that were put before and behind it, each called as often. */
function expand(
  { name, calls, path }: LayerConfig,
  translated: Translated,
  { names, ends, prefix }: Surroundings,
  state: State,
): readonly Placed[] {
  if (translated.kind === "model") {
    const { model } = translated;
    const layer = { name, className: "Functional", config: {}, calls, model };
    return [{ layer, inside: false }];
  }
  if (translated.kind === "layers") {
    return translated.layers.map((layer) => ({ layer, inside: false }));
  }
  if (translated.kind === "operation") {
    return [{ layer: { name, ...translated.operation }, inside: false }];
  }
  const { className, config, before, after = [] } = translated.layer;
  const follows = (source: string): readonly CallConfig[] =>
    calls.map((_, call) => oneTensor({ layer: source, call, tensor: 0 }));
  const make = (step: Step): { readonly name: string; readonly config: Step["config"] } => {
    const own = freeName(`${name}_${step.suffix}`, names);
    state.rewritten.add(`${prefix}${own}`);
    return {
      name: own,
      config: { ...state.words.common(own, config), ...step.config },
    };
  };
  if (before !== undefined || after.length > 0) state.rewritten.add(path);
  const pad = before === undefined ? undefined : make(before);
  const result: Placed[] = [];
  if (pad !== undefined && before !== undefined) {
    result.push({ layer: { ...pad, className: before.className, calls }, inside: false });
  }
  const own = { name, className, config, calls: pad === undefined ? calls : follows(pad.name) };
  result.push({ layer: own, inside: pad !== undefined });
  let last = name;
  for (const step of after) {
    const made = make(step);
    const layer = { ...made, className: step.className, calls: follows(last) };
    result.push({ layer, inside: true });
    last = made.name;
  }
  if (last !== name) ends.set(name, last);
  return result;
}

function oneTensor(address: TensorAddress): CallConfig {
  return { args: [{ kind: "tensor", address }], keywords: new Map(), kwargs: {} };
}

function freeName(wanted: string, names: Set<string>): string {
  let name = wanted;
  for (let count = 1; names.has(name); count += 1) name = `${wanted}_${count}`;
  names.add(name);
  return name;
}

function mapCall(call: CallConfig, map: (address: TensorAddress) => TensorAddress): CallConfig {
  const args = call.args.map(
    (arg): Argument => (arg.kind === "tensor" ? { ...arg, address: map(arg.address) } : arg),
  );
  const keywords = [...call.keywords].map(([key, list]) => [key, list.map(map)] as const);
  return { ...call, args, keywords: new Map(keywords) };
}

function scaleGates(
  stored: ReadonlyMap<string, WeightRef>,
  steeper: readonly SteeperGates[],
  steepness: number,
): ReadonlyMap<string, WeightRef> {
  const scaled = [...stored].map(([role, ref]) => {
    const cut = role.lastIndexOf("/") + 1;
    const found = steeper.find(({ prefix }) => prefix === role.slice(0, cut));
    return [role, found === undefined ? ref : scaleColumns(ref, found, steepness)] as const;
  });
  return new Map(scaled);
}

function scaleColumns(ref: WeightRef, { gates, of }: SteeperGates, steepness: number): WeightRef {
  const axis = ref.shape.length - 1;
  const columns = ref.shape[axis] ?? 0;
  const units = columns / of;
  const factors = Array.from({ length: columns }, (_, at) =>
    gates.includes(Math.floor(at / units)) ? steepness : 1,
  );
  return scaleWeight(
    ref,
    constantWeight(`steeper(${steepness};${gates};${of};${columns})`, [columns], factors),
    axis,
  );
}

function warnScaled(paths: readonly string[], { log, words }: TranslateContext): void {
  if (paths.length === 0) return;
  const factor = words.steepness > 1 ? "multiplied" : "divided";
  const [old, fresh] = ["clip(0.2 x + 0.5, 0, 1)", "clip(x / 6 + 0.5, 0, 1)"];
  const [before, after] = words.steepness > 1 ? [old, fresh] : [fresh, old];
  log.warn({
    code: "unsupported",
    text: `The weights of gates in ${paths.map((path) => `"${path}"`).join(", ")} were ${factor} by 1.2: their hard_sigmoid is ${before} in the file, and ${after} in ${words.title}. What the layers compute is the same.`,
  });
}

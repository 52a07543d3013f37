import type { WeightTable } from "../../../sources/keras/match-groups.ts";
import type {
  Argument,
  CallConfig,
  LayerConfig,
  ModelConfig,
  TensorAddress,
} from "../../../sources/keras/topology.ts";

/** A model without slashes in its names, which Keras 3 refuses. */
export interface PlainlyNamed {
  readonly model: ModelConfig;
  readonly table: WeightTable;
  /** New path of each layer by its old one; only those that changed. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** Puts underscores where names have slashes; names stay different. */
export function plainNames(model: ModelConfig, table: WeightTable): PlainlyNamed {
  const fresh = new Map<LayerConfig, NonNullable<ReturnType<WeightTable["get"]>>>();
  const renamed = new Map<string, string>();
  return { model: renameModel(model, "", { table, fresh, renamed }), table: fresh, renamed };
}

/** A name that Keras 3 takes. */
export function plainName(name: string): string {
  return name.replaceAll("/", "_");
}

interface State {
  readonly table: WeightTable;
  readonly fresh: Map<LayerConfig, NonNullable<ReturnType<WeightTable["get"]>>>;
  readonly renamed: Map<string, string>;
}

function renameModel(model: ModelConfig, prefix: string, state: State): ModelConfig {
  const taken = new Set(model.layers.map(({ name }) => name));
  const names = new Map<string, string>();
  for (const { name } of model.layers) {
    let plain = plainName(name);
    for (let count = 1; plain !== name && taken.has(plain); count += 1) {
      plain = `${plainName(name)}_${count}`;
    }
    taken.add(plain);
    names.set(name, plain);
  }
  const move = (address: TensorAddress): TensorAddress => ({
    ...address,
    layer: names.get(address.layer) ?? address.layer,
  });
  return {
    ...model,
    name: plainName(model.name),
    layers: model.layers.map((layer) => {
      const named = renameLayer(layer, names.get(layer.name) ?? layer.name, prefix, state);
      return put(
        { ...named, calls: layer.calls.map((call) => renameCall(call, move)) },
        layer,
        state,
      );
    }),
    inputs: model.inputs.map(move),
    outputs: model.outputs.map(move),
  };
}

/** Gives the new layer the weights of the old one. */
function put(fresh: LayerConfig, old: LayerConfig, state: State): LayerConfig {
  const weights = state.table.get(old);
  if (weights !== undefined) state.fresh.set(fresh, weights);
  if (fresh.path !== old.path) state.renamed.set(old.path, fresh.path);
  return fresh;
}

function renameLayer(layer: LayerConfig, name: string, prefix: string, state: State): LayerConfig {
  const path = `${prefix}${name}`;
  const { model, wrapped } = layer;
  const inner =
    wrapped &&
    put(renameLayer(wrapped, plainName(wrapped.name), `${path}/`, state), wrapped, state);
  return {
    ...layer,
    name,
    path,
    ...(model === undefined ? {} : { model: renameModel(model, `${path}/`, state) }),
    ...(inner === undefined ? {} : { wrapped: inner }),
  };
}

function renameCall(call: CallConfig, move: (address: TensorAddress) => TensorAddress): CallConfig {
  const args = call.args.map(
    (arg): Argument => (arg.kind === "tensor" ? { ...arg, address: move(arg.address) } : arg),
  );
  const keywords = [...call.keywords].map(([key, list]) => [key, list.map(move)] as const);
  return { ...call, args, keywords: new Map(keywords) };
}

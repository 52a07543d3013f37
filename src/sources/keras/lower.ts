import { type Diagnostics, fail, KcError, throwIfErrors } from "../../errors.ts";
import type { GraphBuilder } from "../../ir/build.ts";
import { createBuilder } from "../../ir/create-builder.ts";
import type { Graph, GraphPort, Origin, ValueId } from "../../ir/graph.ts";
import type { KerasArchive } from "./archive.ts";
import { buildInputs, type InputShapes } from "./input-layer.ts";
import { createLayerCall } from "./layer-call.ts";
import type { CallArgument, Dialect, LayerResult } from "./layer-spec.ts";
import type { WeightTable } from "./match-groups.ts";
import type { RoleWeights } from "./native-weights.ts";
import { lowerPlaceholder } from "./placeholder.ts";
import { leafOf, type SpecTable } from "./slots.ts";
import type { CallConfig, LayerConfig, ModelConfig, TensorAddress } from "./topology.ts";
import { parseTraining } from "./training.ts";

export interface LowerContext {
  readonly archive: KerasArchive;
  readonly specs: SpecTable;
  readonly table: WeightTable;
  readonly inputShapes: InputShapes | undefined;
  /** Whether unknown classes become `custom` ops; Lambda too. */
  readonly placeholders: boolean;
  readonly log: Diagnostics;
}

/** The model as a graph. Throws once, with everything in it that cannot be expressed. */
export function lowerModel(model: ModelConfig, context: LowerContext): Graph {
  const { archive, log } = context;
  const outputNames = uniqueNames(model.outputs.map((address) => address.layer));
  const training = parseTraining(archive.training, outputNames);
  const build = createBuilder({
    name: model.name,
    source: {
      format: "keras",
      version: archive.dialect.version,
      backend: archive.dialect.backend,
    },
    ...(training === undefined ? {} : { training }),
  });
  const inputs = buildInputs(model, context.inputShapes, build);
  const state: State = {
    ...context,
    dialect: archive.dialect,
    calls: new Map(),
    unmasked: new Set(),
  };
  const flows = inputs.map((value): Flow => ({ value, mask: undefined }));
  const ends = lowerTopology(model, flows, build, state);
  throwIfErrors(log);
  const ports = ends.map((flow, index): GraphPort => {
    const name = outputNames[index] ?? "";
    if (flow !== undefined) return { name, value: flow.value };
    return fail("bad-config", `The output "${name}" cannot be reached from the inputs.`);
  });
  return build.finish(ports);
}

interface State extends LowerContext {
  readonly dialect: Dialect;
  /** How often each layer has been called so far. */
  readonly calls: Map<LayerConfig, number>;
  /** Values whose mask a layer has taken away. */
  readonly unmasked: Set<ValueId>;
}

/** A value under way, with its Keras mask. Undefined stands for one that could not be made, which is reported already. */
type Flow = { readonly value: ValueId; readonly mask: ValueId | undefined } | undefined;

/** Lowers the calls of a model in the order of its layers, as far as their inputs allow. */
function lowerTopology(
  model: ModelConfig,
  inputs: readonly Flow[],
  build: GraphBuilder,
  state: State,
): readonly Flow[] {
  if (inputs.length !== model.inputs.length) {
    fail(
      "bad-config",
      `The model "${model.name}" takes ${model.inputs.length} inputs, but gets ${inputs.length}.`,
    );
  }
  const made = new Map<string, readonly Flow[]>();
  model.inputs.forEach((address, index) => {
    made.set(callKey(address.layer, address.call), [inputs[index]]);
  });
  let pending = model.layers.flatMap((layer) =>
    layer.calls.map((call, index) => ({ layer, call, key: callKey(layer.name, index) })),
  );
  const flowAt = ({ layer, call, tensor }: TensorAddress): Flow =>
    made.get(callKey(layer, call))?.[tensor];
  while (pending.length > 0) {
    const waiting = pending.filter(({ layer, call, key }) => {
      if (made.has(key)) return false;
      const sources = addressesOf(call);
      if (!sources.every((address) => made.has(callKey(address.layer, address.call)))) return true;
      made.set(key, lowerCall(layer, call, flowAt, build, state));
      return false;
    });
    if (waiting.length === pending.length) unreachable(waiting.map(({ layer }) => layer));
    pending = waiting;
  }
  return model.outputs.map(flowAt);
}

/** One call of a layer or nested model; what cannot be expressed is logged and yields nothing. */
function lowerCall(
  layer: LayerConfig,
  call: CallConfig,
  flowAt: (address: TensorAddress) => Flow,
  build: GraphBuilder,
  state: State,
): readonly Flow[] {
  const flows = addressesOf(call).map(flowAt);
  const failed = flows.some((flow) => flow === undefined);
  if (failed && layer.model === undefined) return [];
  const inputs = inputAddresses(call).map(flowAt);
  if (layer.model !== undefined) return lowerTopology(layer.model, inputs, build, state);
  const count = state.calls.get(layer) ?? 0;
  state.calls.set(layer, count + 1);
  const { path, fileClass, json, trainable } = layer;
  const origin: Origin = {
    layer: path,
    className: fileClass,
    config: json,
    call: count,
    trainable,
  };
  const weights = state.table.get(layer) ?? new Map();
  return lowerLayer(layer, { call, flowAt, inputs, origin, weights, build }, state);
}

interface LayerInputs {
  readonly call: CallConfig;
  readonly flowAt: (address: TensorAddress) => Flow;
  readonly inputs: readonly Flow[];
  readonly origin: Origin;
  readonly weights: RoleWeights;
  readonly build: GraphBuilder;
}

function lowerLayer(layer: LayerConfig, parts: LayerInputs, state: State): readonly Flow[] {
  const { call, flowAt, origin, weights, build } = parts;
  const values = parts.inputs.flatMap((flow) => (flow === undefined ? [] : [flow.value]));
  const keywordInputs = new Map(
    [...call.keywords].map(([key, addresses]) => [
      key,
      addresses.flatMap((address) => flowAt(address)?.value ?? []),
    ]),
  );
  const args = call.args.flatMap((arg): readonly CallArgument[] => {
    if (arg.kind === "literal") return [{ literal: arg.value }];
    const value = flowAt(arg.address)?.value;
    return value === undefined ? [] : [{ value }];
  });
  const explicit = keywordInputs.get("mask");
  const masks = parts.inputs.map((flow, index) => explicit?.[index] ?? maskOf(flow, state));
  return guard(state.log, () => {
    const leaf = leafOf(layer, state.specs, state.dialect);
    const layerCall = createLayerCall({
      ...parts,
      layer,
      dialect: state.dialect,
      inputs: values,
      args: call.args.length === 0 ? values.map((value) => ({ value })) : args,
      kwargs: call.kwargs,
      keywordInputs,
      masks,
      log: state.log,
      roles: new Set(leaf.slots.map((slot) => slot.role)),
      wrapped: (_key, prefix, inner, innerMasks, builder) =>
        lowerWrapped(layer, prefix, inner, innerMasks ?? [], {
          origin,
          weights,
          build: builder ?? build,
          state,
        }),
    });
    const spec = state.specs.get(layer.className);
    const hole = spec === undefined || (state.placeholders && layer.className === "Lambda");
    if (hole && !state.placeholders) return [];
    const result =
      hole || spec === undefined
        ? lowerPlaceholder(layerCall, layer.fileClass, weights)
        : spec.lower(layerCall);
    return flowsOf(result, masks, state);
  });
}

/** Logs what cannot be expressed, so that all of it is reported at once; other errors go through. */
function guard(log: Diagnostics, lower: () => readonly Flow[]): readonly Flow[] {
  try {
    return lower();
  } catch (error) {
    const collected = error instanceof KcError && COLLECTED.has(error.code);
    if (!collected) throw error;
    for (const diagnostic of error.diagnostics) log.error(diagnostic);
    return [];
  }
}

const COLLECTED: ReadonlySet<string> = new Set(["unsupported", "bad-weights"]);

interface WrapContext {
  readonly origin: Origin;
  readonly weights: RoleWeights;
  readonly build: GraphBuilder;
  readonly state: State;
}

/** What a wrapper holds, on given values. Its weights are those of the wrapper below `prefix`, or its own. */
function lowerWrapped(
  wrapper: LayerConfig,
  prefix: string,
  values: readonly ValueId[],
  masks: readonly (ValueId | undefined)[],
  { origin, weights, build, state }: WrapContext,
): readonly ValueId[] {
  const at = { layer: origin.layer, className: wrapper.fileClass };
  const layer =
    wrapper.wrapped ?? fail("bad-config", "The layer that it wraps is not in its config.", { at });
  const inputs = values.map((value, index): Flow => ({ value, mask: masks[index] }));
  const flows =
    layer.model !== undefined
      ? lowerTopology(layer.model, inputs, build, state)
      : lowerLayer(
          layer,
          {
            call: NO_ARGUMENTS,
            flowAt: () => undefined,
            inputs,
            origin,
            weights: scoped(weights, prefix, state.table.get(layer)),
            build,
          },
          { ...state, log: rethrowing(state.log) },
        );
  return flows.map(
    (flow) =>
      flow?.value ??
      fail("unsupported", `what it wraps (${layer.fileClass}) cannot be expressed.`, { at }),
  );
}

const NO_ARGUMENTS: CallConfig = { args: [], keywords: new Map(), kwargs: {} };

/** The wrapper reports what its inner layer refuses. */
function rethrowing(log: Diagnostics): Diagnostics {
  return {
    ...log,
    error: (diagnostic) => {
      throw new KcError(diagnostic);
    },
  };
}

function scoped(weights: RoleWeights, prefix: string, own: RoleWeights | undefined): RoleWeights {
  const inner = [...weights]
    .filter(([role]) => role.startsWith(`${prefix}/`))
    .map(([role, ref]) => [role.slice(prefix.length + 1), ref] as const);
  return inner.length > 0 ? new Map(inner) : (own ?? new Map());
}

function flowsOf(
  result: LayerResult,
  masks: readonly (ValueId | undefined)[],
  state: State,
): readonly Flow[] {
  for (const value of result.unmasked ?? []) state.unmasked.add(value);
  const out = result.masks ?? [masks[0]];
  return result.outputs.map((value, index) => ({ value, mask: out[index] }));
}

function maskOf(flow: Flow, state: State): ValueId | undefined {
  return flow === undefined || state.unmasked.has(flow.value) ? undefined : flow.mask;
}

function addressesOf(call: CallConfig): readonly TensorAddress[] {
  const positional = call.args.flatMap((arg) => (arg.kind === "tensor" ? [arg.address] : []));
  return [...positional, ...[...call.keywords.values()].flat()];
}

/** Positional tensors, then those given by keyword but for masks. */
function inputAddresses(call: CallConfig): readonly TensorAddress[] {
  const positional = call.args.flatMap((arg) => (arg.kind === "tensor" ? [arg.address] : []));
  const keyed = [...call.keywords].filter(([key]) => !key.includes("mask"));
  return [...positional, ...keyed.flatMap(([, addresses]) => addresses)];
}

function callKey(layer: string, call: number): string {
  return `${call}:${layer}`;
}

function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 1; taken.has(unique); count++) unique = `${name}_${count}`;
    taken.add(unique);
    return unique;
  });
}

function unreachable(layers: readonly LayerConfig[]): never {
  const names = [...new Set(layers.map((layer) => `"${layer.path}"`))].slice(0, 6).join(", ");
  return fail("bad-config", `The inputs of ${names} are never made: the layers form a ring.`);
}

import { type Diagnostics, fail, KcError } from "../../errors.ts";
import type { GraphBuilder } from "../../ir/build.ts";
import type { Origin, ValueId } from "../../ir/graph.ts";
import type { TensorType, WeightRef } from "../../ir/tensor.ts";
import { isJsonObject } from "../../json.ts";
import { type ActivityScope, noteActivities, scopeWithin } from "./activity-penalties.ts";
import { createLayerCall, type WeightMaker } from "./layer-call.ts";
import type { CallArgument, Dialect, LayerResult } from "./layer-spec.ts";
import type { WeightTable } from "./match-groups.ts";
import type { RoleWeights } from "./native-weights.ts";
import { parseLayer } from "./parse-model.ts";
import { lowerPlaceholder } from "./placeholder.ts";
import { leafOf, type SpecTable } from "./slots.ts";
import type { CallConfig, LayerConfig, ModelConfig, TensorAddress } from "./topology.ts";

/** A value under way, with its Keras mask. Undefined stands for one that could not be made, which is reported already. */
export type Flow = { readonly value: ValueId; readonly mask: ValueId | undefined } | undefined;

/** Hears of each call of a layer or nested model: its outputs' types, undefined for what could not be made. */
export type CallListener = (
  layer: LayerConfig,
  call: number,
  outputs: readonly (TensorType | undefined)[],
) => void;

/** Makes a weight that a layer should have and the table lacks; asked again, it gives the same one. */
export type LayerWeightMaker = (
  layer: LayerConfig,
  role: string,
  shape: readonly number[],
) => WeightRef;

/** What lowering a model carries along. */
export interface LowerState {
  readonly dialect: Dialect;
  readonly specs: SpecTable;
  readonly table: WeightTable;
  readonly placeholders: boolean;
  /** Layers that are reported already. */
  readonly refused?: ReadonlySet<LayerConfig>;
  readonly log: Diagnostics;
  /** How often each layer has been called so far. */
  readonly calls: Map<LayerConfig, number>;
  /** Where regularizers of outputs are noted. */
  readonly activities: ActivityScope;
  /** Values whose mask a layer has taken away. */
  readonly unmasked: Set<ValueId>;
  readonly onCall?: CallListener;
  /** Makes what the table lacks. */
  readonly makeWeight?: LayerWeightMaker | undefined;
  /** Lowers a nested model, such as a wrapper holds. */
  readonly lowerInner: (
    model: ModelConfig,
    inputs: readonly Flow[],
    build: GraphBuilder,
    state: LowerState,
  ) => readonly Flow[];
}

/** One call of one layer, with its values. */
export interface LayerInputs {
  readonly call: CallConfig;
  readonly flowAt: (address: TensorAddress) => Flow;
  readonly inputs: readonly Flow[];
  readonly origin: Origin;
  readonly weights: RoleWeights;
  readonly build: GraphBuilder;
  /** Of the wrapper, for what its weights are those of. */
  readonly makeWeight?: WeightMaker | undefined;
}

/** The values that one call of a layer gives; what cannot be expressed is logged and gives none. */
export function lowerLayer(
  layer: LayerConfig,
  parts: LayerInputs,
  state: LowerState,
): readonly Flow[] {
  if (state.refused?.has(layer)) return [];
  const { call, origin, weights, build } = parts;
  const given = argumentsOf(parts);
  const explicit = given.keywordInputs.get("mask");
  const masks = parts.inputs.map((flow, index) => explicit?.[index] ?? maskOf(flow, state));
  return guard(state.log, () => {
    const leaf = leafOf(layer, state.specs, state.dialect);
    const makeWeight = parts.makeWeight ?? makerFor(layer, state);
    const layerCall = createLayerCall({
      ...parts,
      ...given,
      layer,
      dialect: state.dialect,
      kwargs: call.kwargs,
      masks,
      log: state.log,
      roles: new Set(leaf.slots.map((slot) => slot.role)),
      makeWeight,
      wrapped: (key, prefix, inner, innerMasks, builder) =>
        lowerWrapped(layer, { key, prefix }, inner, innerMasks ?? [], {
          origin,
          weights,
          build: builder ?? build,
          state,
          makeWeight: leaf.slots.some(({ role }) => role.startsWith(`${prefix}/`))
            ? makeWeight && ((role, shape) => makeWeight(`${prefix}/${role}`, shape))
            : undefined,
        }),
    });
    const spec = state.specs.get(layer.className);
    const hole = spec === undefined || (state.placeholders && layer.className === "Lambda");
    if (hole && !state.placeholders) return [];
    const result =
      hole || spec === undefined
        ? lowerPlaceholder(layerCall, layer.fileClass, weights)
        : spec.lower(layerCall);
    noteActivities(state.activities, layer, result.outputs, state.dialect);
    return flowsOf(result, masks, state);
  });
}

function makerFor(layer: LayerConfig, { makeWeight }: LowerState): WeightMaker | undefined {
  return makeWeight && ((role, shape) => makeWeight(layer, role, shape));
}

/** The arguments of a call with values in place of addresses. */
function argumentsOf({ call, flowAt, inputs }: LayerInputs) {
  const values = inputs.flatMap((flow) => (flow === undefined ? [] : [flow.value]));
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
  const positional = call.args.length === 0 ? values.map((value) => ({ value })) : args;
  return { inputs: values, args: positional, keywordInputs };
}

/** Logs what cannot be expressed, so that all of it is reported at once; other errors go through. */
export function guard(log: Diagnostics, lower: () => readonly Flow[]): readonly Flow[] {
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
  readonly makeWeight: WeightMaker | undefined;
  readonly state: LowerState;
}

/** What a wrapper holds, on given values. Its weights are those of the wrapper below `prefix`, or its own. */
function lowerWrapped(
  wrapper: LayerConfig,
  { key, prefix }: { readonly key: string; readonly prefix: string },
  values: readonly ValueId[],
  masks: readonly (ValueId | undefined)[],
  { origin, weights, build, state, makeWeight }: WrapContext,
): readonly ValueId[] {
  const at = { layer: origin.layer, className: wrapper.fileClass };
  const layer = heldLayer(wrapper, key, state);
  const inputs = values.map((value, index): Flow => ({ value, mask: masks[index] }));
  // The wrapper reports what its inner layer refuses.
  const activities = scopeWithin(state.activities, wrapper, layer, state.dialect);
  const strict = { ...state, activities, log: rethrowing(state.log) };
  const flows =
    layer.model !== undefined
      ? state.lowerInner(layer.model, inputs, build, strict)
      : lowerLayer(
          layer,
          {
            call: NO_ARGUMENTS,
            flowAt: () => undefined,
            inputs,
            origin,
            weights: scoped(weights, prefix, state.table.get(layer)),
            build,
            makeWeight,
          },
          strict,
        );
  return flows.map(
    (flow) =>
      flow?.value ??
      fail("unsupported", `what it wraps (${layer.fileClass}) cannot be expressed.`, { at }),
  );
}

/** The layer under a key of a wrapper's config; what stands under `layer` has been parsed already. */
function heldLayer(wrapper: LayerConfig, key: string, { dialect }: LowerState): LayerConfig {
  if (key === "layer" && wrapper.wrapped !== undefined) return wrapper.wrapped;
  const at = { layer: wrapper.path, className: wrapper.fileClass };
  const held = wrapper.config[key];
  if (!isJsonObject(held)) {
    return fail("bad-config", `The layer that it wraps is not in its config ("${key}").`, { at });
  }
  const { path, trainable } = wrapper;
  return parseLayer(held, { dialect, at, prefix: `${path}/`, trainable, depth: 0 });
}

const NO_ARGUMENTS: CallConfig = { args: [], keywords: new Map(), kwargs: {} };

/** A log that throws the first error. */
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
  state: LowerState,
): readonly Flow[] {
  for (const value of result.unmasked ?? []) state.unmasked.add(value);
  const out = result.masks ?? [masks[0]];
  return result.outputs.map((value, index) => ({ value, mask: out[index] }));
}

function maskOf(flow: Flow, state: LowerState): ValueId | undefined {
  return flow === undefined || state.unmasked.has(flow.value) ? undefined : flow.mask;
}

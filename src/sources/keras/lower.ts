import { type Diagnostics, fail, throwIfErrors } from "../../errors.ts";
import type { GraphBuilder } from "../../ir/build.ts";
import { createBuilder } from "../../ir/create-builder.ts";
import type { Graph, GraphPort, Origin } from "../../ir/graph.ts";
import type { TensorType } from "../../ir/tensor.ts";
import { activityScope } from "./activity-penalties.ts";
import type { KerasArchive } from "./archive.ts";
import { orderCalls } from "./call-order.ts";
import { readConstraints } from "./constraints.ts";
import { buildInputs, type InputShapes } from "./input-layer.ts";
import { exampleShape } from "./input-shape-example.ts";
import {
  type CallListener,
  type Flow,
  type LayerWeightMaker,
  type LowerState,
  lowerLayer,
} from "./lower-layer.ts";
import type { WeightTable } from "./match-groups.ts";
import { readPenalties } from "./penalties.ts";
import type { SpecTable } from "./slots.ts";
import type { CallConfig, LayerConfig, ModelConfig, TensorAddress } from "./topology.ts";
import { parseTraining } from "./training.ts";

/** What lowering needs besides the architecture. */
export interface LowerContext {
  readonly archive: KerasArchive;
  readonly specs: SpecTable;
  readonly table: WeightTable;
  readonly inputShapes: InputShapes | undefined;
  /** Whether unknown classes become `custom` ops; Lambda too. */
  readonly placeholders: boolean;
  /** Layers that are reported already. */
  readonly refused?: ReadonlySet<LayerConfig>;
  readonly log: Diagnostics;
  readonly onCall?: CallListener;
  /** Makes weights that the table lacks. */
  readonly makeWeight?: LayerWeightMaker;
}

/** The model as a graph. Throws once, with everything in it that cannot be expressed. */
export function lowerModel(model: ModelConfig, context: LowerContext): Graph {
  const { archive, log } = context;
  const outputNames = uniqueNames(model.outputs.map((address) => address.layer));
  const training = parseTraining(archive.training, outputNames);
  const { dialect } = archive;
  const constraints = readConstraints(model, context.table);
  const build = createBuilder({
    name: model.name,
    source: {
      format: "keras",
      version: dialect.version,
      backend: dialect.backend,
    },
    ...(training === undefined ? {} : { training }),
    ...(constraints === undefined ? {} : { constraints }),
  });
  const example = (): readonly number[] => exampleShape(model, context.table);
  const inputs = buildInputs(model, { shapes: context.inputShapes, example }, build);
  const state: LowerState = {
    ...context,
    dialect,
    calls: new Map(),
    activities: activityScope(model),
    lowerInner: lowerTopology,
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
  const graph = build.finish(ports);
  const activities = state.activities.found;
  const penalties = readPenalties(model, { table: context.table, dialect, activities });
  return penalties === undefined ? graph : Object.freeze({ ...graph, penalties });
}

/** Lowers the calls of a model in the order of its layers, as far as their inputs allow. */
function lowerTopology(
  model: ModelConfig,
  inputs: readonly Flow[],
  build: GraphBuilder,
  state: LowerState,
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
    reportInput(model, address, inputs[index], build, state);
  });
  const flowAt = ({ layer, call, tensor }: TensorAddress): Flow =>
    made.get(callKey(layer, call))?.[tensor];
  const calls = model.layers.flatMap((layer) =>
    layer.calls.map((call, index) => ({
      layer,
      call,
      index,
      key: callKey(layer.name, index),
      sources: addressesOf(call).map((address) => callKey(address.layer, address.call)),
    })),
  );
  const { ordered, stuck } = orderCalls(
    calls.filter(({ key }) => !made.has(key)),
    new Set(made.keys()),
  );
  if (stuck.length > 0) unreachable(stuck.map(({ layer }) => layer));
  for (const { layer, call, index, key } of ordered) {
    const flows = lowerCall(layer, call, flowAt, build, state);
    made.set(key, flows);
    state.onCall?.(layer, index, typesOf(flows, build));
  }
  return model.outputs.map(flowAt);
}

function reportInput(
  model: ModelConfig,
  address: TensorAddress,
  flow: Flow,
  build: GraphBuilder,
  { onCall }: LowerState,
): void {
  const layer = onCall && model.layers.find(({ name }) => name === address.layer);
  if (layer !== undefined) onCall?.(layer, 0, typesOf([flow], build));
}

function typesOf(flows: readonly Flow[], build: GraphBuilder): readonly (TensorType | undefined)[] {
  return flows.map((flow) => flow && build.typeOf(flow.value));
}

/** One call of a layer or nested model; what cannot be expressed is logged and yields nothing. */
function lowerCall(
  layer: LayerConfig,
  call: CallConfig,
  flowAt: (address: TensorAddress) => Flow,
  build: GraphBuilder,
  state: LowerState,
): readonly Flow[] {
  const flows = addressesOf(call).map(flowAt);
  const failed = flows.some((flow) => flow === undefined);
  if (failed && layer.model === undefined) return [];
  const inputs = inputAddresses(call, layer.model).map(flowAt);
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

function addressesOf(call: CallConfig): readonly TensorAddress[] {
  const positional = call.args.flatMap((arg) => (arg.kind === "tensor" ? [arg.address] : []));
  return [...positional, ...[...call.keywords.values()].flat()];
}

/** Positional tensors, then those given by keyword but for masks. A model called with a dict takes them by its keys. */
function inputAddresses(
  call: CallConfig,
  model: ModelConfig | undefined,
): readonly TensorAddress[] {
  const tensors = call.args.flatMap((arg) => (arg.kind === "tensor" ? [arg] : []));
  const byKey = new Map(tensors.map(({ key, address }) => [key, address]));
  const keyed = model?.inputKeys.flatMap((key) => byKey.get(key) ?? []) ?? [];
  if (keyed.length > 0 && keyed.length === tensors.length) return keyed;
  const named = [...call.keywords].filter(([key]) => !key.includes("mask"));
  return [...tensors.map(({ address }) => address), ...named.flatMap(([, addresses]) => addresses)];
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

import { createDiagnostics, type Diagnostics, fail, KcError, throwIfErrors } from "../../errors.ts";
import { layerKindOf } from "../../formats/coreml/network.ts";
import type { Model, NeuralNetworkLayer } from "../../formats/coreml/types.gen.ts";
import { createBuilder } from "../../ir/create-builder.ts";
import type { Graph, GraphPort } from "../../ir/graph.ts";
import { dropUnused } from "../../ir/rewrite.ts";
import { type Blob, kerasOrder, placedAxes, roleOf } from "./blob.ts";
import { type InputBelief, type InputOptions, type InputPlan, planInput } from "./inputs.ts";
import { LayerCall } from "./layer-call.ts";
import { finishSpelled } from "./layers/activation.ts";
import { layerLowerings } from "./layers/index.ts";
import { type Findings, Lowering } from "./lowering.ts";
import type { OpenedNetwork } from "./network.ts";
import { findSpelling, type Spelling } from "./spelling.ts";

/** A network as a graph, and how its inputs and outputs lie in what the description declares. */
export interface LoweredNetwork {
  readonly graph: Graph;
  readonly inputs: readonly InputPlan[];
}

/**
 * The graph of a network. What its inputs are, a sequence or a single vector, in which order of axes, follows from the layers:
 * it is lowered again until nothing new is found.
 *
 * @throws KcError with every layer that cannot be said.
 */
export function lowerNetwork(
  model: Model,
  network: OpenedNetwork,
  options: InputOptions,
): LoweredNetwork {
  let beliefs = new Map<string, InputBelief>();
  for (let round = 0; ; round++) {
    const plans = network.inputs.map((feature) =>
      planInput(feature, network.message, beliefs.get(feature.name ?? "") ?? FIRST, options),
    );
    const attempt = lowerOnce(model, network, plans);
    const next = revised(beliefs, plans, attempt.findings);
    if (next === undefined || round === MOST_ROUNDS) {
      throwIfErrors(attempt.errors);
      if (attempt.graph === undefined)
        return fail("internal", "A network gave neither graph nor errors.");
      return { graph: attempt.graph, inputs: plans };
    }
    beliefs = next;
  }
}

const FIRST: InputBelief = { sequence: false, order: undefined };
const MOST_ROUNDS = 12;

interface Attempt {
  readonly findings: Findings;
  readonly errors: Diagnostics;
  readonly graph?: Graph;
}

/** What to believe of the inputs after an attempt; undefined when it taught nothing new. */
function revised(
  beliefs: ReadonlyMap<string, InputBelief>,
  plans: readonly InputPlan[],
  { sequences, orders }: Findings,
): Map<string, InputBelief> | undefined {
  const next = new Map(beliefs);
  let changed = false;
  for (const { name, order, image } of plans) {
    const old = beliefs.get(name) ?? FIRST;
    const wanted = orders.get(name);
    if (!old.sequence && sequences.has(name)) {
      next.set(name, { sequence: true, order: undefined });
      changed = true;
    } else if (wanted !== undefined && old.order === undefined && !image) {
      next.set(name, { ...old, order: wanted.map((index) => order[index] ?? 0) });
      changed = true;
    }
  }
  return changed ? next : undefined;
}

function lowerOnce(model: Model, network: OpenedNetwork, plans: readonly InputPlan[]): Attempt {
  const builder = createBuilder({
    name: "model",
    source: { format: "coreml", version: String(model.specificationVersion ?? ""), backend: "" },
  });
  const lowering = new Lowering({
    builder,
    absent: network.absent,
    read: new Set(network.readers.keys()),
    layerName: network.layerName,
    expectedChannels: network.expectedChannels,
  });
  for (const { name, type, axes } of plans) {
    if (lowering.blob(name) !== undefined) fail("bad-config", `There are two inputs "${name}".`);
    lowering.bindInput(name, { value: builder.input(name, type), axes });
  }
  const errors = createDiagnostics();
  const lost = new Set<string>();
  for (const step of stepsOf(network)) runStep(step, { lowering, errors, lost });
  const { findings } = lowering;
  if (errors.errors.length > 0) return { findings, errors };
  const ports = network.outputs.map(({ name, blob }) => outputPort(name, blob, network, lowering));
  return { findings: lowering.findings, errors, graph: dropUnused(builder.finish(ports)) };
}

type Step = { readonly layer: NeuralNetworkLayer } | { readonly spelling: Spelling };

/** The layers in running order, those that together are one function joined. */
function stepsOf({ layers, readers }: OpenedNetwork): readonly Step[] {
  const spelled = new Map<NeuralNetworkLayer, Spelling | "part">();
  for (const layer of layers) {
    if (spelled.has(layer)) continue;
    const spelling = findSpelling(layer, readers);
    if (spelling === undefined || spelling.layers.some((one) => spelled.has(one))) continue;
    for (const part of spelling.layers) spelled.set(part, "part");
    const last = spelling.layers.at(-1);
    if (last !== undefined) spelled.set(last, spelling);
  }
  return layers.flatMap((layer): readonly Step[] => {
    const spelling = spelled.get(layer);
    if (spelling === undefined) return [{ layer }];
    return spelling === "part" ? [] : [{ spelling }];
  });
}

function runStep(
  step: Step,
  {
    lowering,
    errors,
    lost,
  }: {
    readonly lowering: Lowering;
    readonly errors: Diagnostics;
    readonly lost: Set<string>;
  },
): void {
  const layer: NeuralNetworkLayer =
    "layer" in step
      ? step.layer
      : { name: step.spelling.name, input: [step.spelling.input], output: [step.spelling.output] };
  const { name = "", input = [], output = [] } = layer;
  const kind = "layer" in step ? layerKindOf(layer) : "activation";
  try {
    if (kind === undefined) fail("bad-config", "The layer is of no kind.", { at: { layer: name } });
    const lowerLayer = layerLowerings[kind];
    if (typeof lowerLayer !== "function") {
      fail("unsupported", `${lowerLayer.unsupported}.`, { at: { layer: name, className: kind } });
    }
    if (!input.some((blob) => lost.has(blob))) {
      const call = new LayerCall(layer, kind, lowering);
      if ("layer" in step) lowerLayer(call);
      else finishSpelled(call, step.spelling.function);
    } else for (const blob of output) lost.add(blob);
  } catch (error) {
    if (!(error instanceof KcError) || error.code === "internal") throw error;
    for (const diagnostic of error.diagnostics) {
      const at = { ...diagnostic.at, layer: name };
      errors.error({ ...diagnostic, at });
    }
    for (const blob of output) lost.add(blob);
  }
}

/** An output in Keras' order of axes, where the network gives them their classic meaning. */
function outputPort(
  name: string,
  blobName: string,
  { layers }: OpenedNetwork,
  lowering: Lowering,
): GraphPort {
  const maker = layers.find(({ output }) => output?.includes(blobName));
  const made = lowering.blob(blobName);
  if (made === undefined) return fail("bad-config", `No layer makes the output "${name}".`);
  const call = new LayerCall(maker ?? {}, "outputs", lowering);
  const blob: Blob = lowering.placed(made, call);
  const order = kerasOrder(placedAxes(blob), (index) => roleOf(blob, index));
  return { name, value: lowering.arrange(blob, order, call) };
}

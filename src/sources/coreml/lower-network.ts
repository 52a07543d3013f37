import { createDiagnostics, type Diagnostics, fail, KcError, throwIfErrors } from "../../errors.ts";
import { layerKindOf } from "../../formats/coreml/network.ts";
import type { Model, NeuralNetworkLayer } from "../../formats/coreml/types.gen.ts";
import { createBuilder } from "../../ir/create-builder.ts";
import type { Graph, GraphPort } from "../../ir/graph.ts";
import { dropUnused } from "../../ir/rewrite.ts";
import { axesAt, type Blob, kerasOrder, placedAxes, roleOf } from "./blob.ts";
import {
  type InputBelief,
  type InputOptions,
  type InputPlan,
  planInput,
  statesSequence,
} from "./inputs.ts";
import { LayerCall } from "./layer-call.ts";
import { finishSpelled } from "./layers/activation.ts";
import { layerLowerings } from "./layers/index.ts";
import { type Findings, Lowering } from "./lowering.ts";
import { hasMeanImage, prepareInput } from "./mean-image.ts";
import type { OpenedNetwork } from "./network.ts";
import { findSpelling, type Spelling } from "./spelling.ts";

/** A network as a graph, and how its inputs and outputs lie in what the description declares. */
export interface LoweredNetwork {
  readonly graph: Graph;
  readonly inputs: readonly InputPlan[];
  /** Axis of the value behind each axis of every output's blob. */
  readonly outputAxes: ReadonlyMap<string, readonly (number | undefined)[]>;
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
  const attempt = (beliefs: ReadonlyMap<string, InputBelief>): Attempt => {
    const plans = network.inputs.map((feature) =>
      planInput(feature, network.message, beliefs.get(feature.name ?? "") ?? FIRST, options),
    );
    return { plans, ...lowerOnce(model, network, plans) };
  };
  const stated = network.inputs.filter((one) => statesSequence(one, network.message, options));
  let beliefs = new Map(stated.map(({ name = "" }) => [name, { ...FIRST, sequence: true }]));
  let best = attempt(beliefs);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = revised(beliefs, best.plans, best.findings);
    if (next === undefined) break;
    beliefs = next;
    best = attempt(beliefs);
  }
  const { graph, errors, plans, outputAxes } = withLength(beliefs, best, attempt);
  throwIfErrors(errors);
  if (graph === undefined) return fail("internal", "A network gave neither graph nor errors.");
  return { graph, inputs: plans, outputAxes };
}

/**
 * The attempt with the length of its sequences, where a layer behind states what size it must come out with: the first
 * length that fits everywhere.
 */
function withLength(
  beliefs: ReadonlyMap<string, InputBelief>,
  best: Attempt,
  attempt: (beliefs: ReadonlyMap<string, InputBelief>) => Attempt,
): Attempt {
  const free = best.plans.filter(({ type }) => type.shape.slice(1).includes(null));
  const sequences = free.filter(({ name }) => beliefs.get(name)?.sequence === true);
  if (sequences.length === 0) return best;
  const candidates = [...best.findings.lengths].flatMap((size) => [
    ...Array.from({ length: 33 }, (_, more) => size + more),
    ...Array.from({ length: 9 }, (_, more) => 2 * size + more),
    ...Array.from({ length: 9 }, (_, more) => 4 * size + more),
  ]);
  const sound = [...new Set(candidates)].filter((length) => length >= 1).slice(0, MOST_LENGTHS);
  for (const length of sound) {
    const next = new Map(beliefs);
    for (const { name } of sequences) {
      next.set(name, { ...(beliefs.get(name) ?? FIRST), length });
    }
    const other = attempt(next);
    if (other.errors.errors.length === 0) return other;
  }
  return best;
}

/** Lengths tried: enough for a few layers that shorten a sequence. */
const MOST_LENGTHS = 60;

const FIRST: InputBelief = { sequence: false, order: undefined, length: null };
const MOST_ROUNDS = 12;

interface Attempt extends Lowered {
  readonly plans: readonly InputPlan[];
}

interface Lowered {
  readonly findings: Findings;
  readonly errors: Diagnostics;
  readonly graph?: Graph;
  readonly outputAxes: LoweredNetwork["outputAxes"];
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
      next.set(name, { sequence: true, order: undefined, length: null });
      changed = true;
    } else if (wanted !== undefined && old.order === undefined && !image) {
      next.set(name, { ...old, order: wanted.map((index) => order[index] ?? 0) });
      changed = true;
    }
  }
  return changed ? next : undefined;
}

function lowerOnce(model: Model, network: OpenedNetwork, plans: readonly InputPlan[]): Lowered {
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
  for (const plan of plans) {
    const { name, type, axes } = plan;
    const { preprocessing } = network.message;
    if (lowering.blob(name) !== undefined) fail("bad-config", `There are two inputs "${name}".`);
    const input = builder.input(name, type);
    if (!hasMeanImage(name, preprocessing)) lowering.bindInput(name, { value: input, axes });
    else lowering.bind(name, { value: prepareInput(builder, input, plan, preprocessing), axes });
  }
  const errors = createDiagnostics();
  const lost = new Set<string>();
  for (const step of stepsOf(network)) runStep(step, { lowering, errors, lost });
  const { findings } = lowering;
  const outputAxes = new Map<string, readonly (number | undefined)[]>();
  if (errors.errors.length > 0) return { findings, errors, outputAxes };
  const ports = network.outputs.map(({ name, blob }) => {
    const { port, axes } = outputPort(name, blob, network, lowering);
    outputAxes.set(name, axes);
    return port;
  });
  return {
    findings: lowering.findings,
    errors,
    outputAxes,
    graph: dropUnused(builder.finish(ports)),
  };
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
): { readonly port: GraphPort; readonly axes: readonly (number | undefined)[] } {
  const maker = layers.find(({ output }) => output?.includes(blobName));
  const made = lowering.blob(blobName);
  if (made === undefined) return fail("bad-config", `No layer makes the output "${name}".`);
  const call = new LayerCall(maker ?? {}, "outputs", lowering);
  const blob: Blob = lowering.placed(made, call);
  const order = kerasOrder(placedAxes(blob), (index) => roleOf(blob, index));
  const axes = axesAt(blob.axes, order).map(({ at }) => at);
  return { port: { name, value: lowering.arrange(blob, order, call) }, axes };
}

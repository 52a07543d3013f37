import { add, clone, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { Node, ValueId } from "../../../ir/graph.ts";
import type { OpKind, OpOf } from "../../../ir/ops/index.ts";
import { throughFused } from "../backward/activation.ts";
import type { BackwardStep, Gradients } from "../backward/backward.ts";
import { backwards } from "../backward/backwards.ts";
import type { TableRule } from "../backward/table-rows.ts";
import { convLstmTraining } from "../conv-lstm.ts";
import { type Computed, tensorAt, type WeightLookup } from "../forward.ts";
import { forwards } from "../forwards.ts";
import type { Step } from "../plan.ts";
import { recurrentTraining } from "../recurrent.ts";
import {
  batchNormAgain,
  batchNormTraining,
  type NoiseNumbers,
  noiseTraining,
} from "../training-forward.ts";
import type { TrainingPlan, TrainingStep } from "./training-plan.ts";

/** What a training step needs besides its plan. */
export interface TrainingInputs {
  /** In the order of the graph's inputs; the caller's. */
  readonly inputs: readonly Tensor[];
  /** Read on the way there and on the way back. */
  readonly weightOf: WeightLookup;
  readonly noise: NoiseNumbers;
  /** Tables, by id, of whose gradients the single rows matter; none by default. */
  readonly tables?: ReadonlyMap<string, TableRule>;
  /** Frozen batch normalisations: by the batch (stand-alone Keras) or by the stored numbers. */
  readonly frozenNorm: "batch" | "stored";
}

/** The gradient of the loss at a value of the graph. */
export interface StartGradient {
  readonly value: ValueId;
  readonly gradient: Tensor;
}

/** What a batch normalisation saw. */
export interface BatchStatistics {
  readonly node: Node;
  readonly mean: Tensor;
  /** Biased. */
  readonly variance: Tensor;
  /** Numbers of each channel. */
  readonly count: number;
  /** Axes of its input. */
  readonly rank: number;
}

/** A batch that has gone there and waits for its way back. It owns its tensors until `dispose`. */
export interface TrainingPass {
  /** In the order of the graph's outputs. */
  readonly outputs: readonly Tensor[];
  /** Of the batch normalisations that are trained. */
  readonly statistics: readonly BatchStatistics[];
  /**
   * Goes back once, from gradients that are given away. Gives the gradients of the trained weights by id; they are the caller's.
   */
  backward(start: readonly StartGradient[]): ReadonlyMap<string, Tensor>;
  dispose(): void;
}

/** Runs a batch there, and keeps what the way back reads. Nothing stays behind when it fails. */
export function startPass(plan: TrainingPlan, given: TrainingInputs): TrainingPass {
  const flow: Flow = {
    values: new Map(),
    shapes: new Map(),
    saved: new Map(),
    flowing: new Map(),
    gradients: new Map(),
  };
  const statistics: BatchStatistics[] = [];
  const outputs: Tensor[] = [];
  const dispose = (): void => {
    for (const { mean, variance } of statistics) for (const one of [mean, variance]) one.dispose();
    for (const one of outputs) one.dispose();
    disposeFlow(flow);
  };
  try {
    plan.graph.inputs.forEach(({ value }, index) => {
      flow.values.set(value, clone(tensorAt(given.inputs, index)));
    });
    for (const one of plan.steps) {
      const seen = goThere(one, flow, given);
      if (seen !== undefined) statistics.push(seen);
    }
    for (const { value } of plan.graph.outputs) outputs.push(clone(made(flow.values, value)));
  } catch (error) {
    dispose();
    throw error;
  }
  return { outputs, statistics, dispose, backward: (start) => goBack(plan, flow, given, start) };
}

interface Flow {
  readonly values: Map<ValueId, Tensor>;
  /** Of the inputs, by the id of the node. */
  readonly shapes: Map<string, readonly (readonly number[])[]>;
  /** By-products by the id of the node. */
  readonly saved: Map<string, readonly Tensor[]>;
  /** Gradients of values, as far as they have been added up. */
  readonly flowing: Map<ValueId, Tensor>;
  readonly gradients: Map<string, Tensor>;
}

function disposeFlow({ values, saved, flowing, gradients }: Flow): void {
  for (const one of [values, flowing, gradients]) {
    for (const tensor of one.values()) tensor.dispose();
    one.clear();
  }
  for (const tensor of [...saved.values()].flat()) tensor.dispose();
  saved.clear();
}

function goThere(
  one: TrainingStep,
  { values, shapes, saved }: Flow,
  given: TrainingInputs,
): BatchStatistics | undefined {
  const { node } = one.step;
  shapes.set(
    node.id,
    node.inputs.map((value) => made(values, value).shape),
  );
  const computed = forward(one.step, values, given);
  const seen = statisticsOf(one.step, values, computed.saved);
  if (one.back !== undefined) saved.set(node.id, computed.saved);
  else for (const unread of computed.saved) unread.dispose();
  release(values, one.releaseForward);
  return seen;
}

function goBack(
  plan: TrainingPlan,
  flow: Flow,
  given: TrainingInputs,
  start: readonly StartGradient[],
): ReadonlyMap<string, Tensor> {
  for (const { value, gradient } of start) gather(flow.flowing, value, gradient);
  const makers = new Map(
    plan.steps.flatMap(({ step }) => step.outputs.map((value) => [value, step])),
  );
  for (const one of [...plan.steps].reverse()) {
    for (const value of one.back?.again ?? []) makeAgain(value, makers, flow, given);
    backward(one, flow, given);
  }
  const gradients = new Map(flow.gradients);
  flow.gradients.clear();
  return gradients;
}

/** Makes a value out of what is kept, together with what it is made of where that was not kept. */
function makeAgain(
  value: ValueId,
  makers: ReadonlyMap<ValueId, Step>,
  flow: Flow,
  given: TrainingInputs,
): void {
  const { values, saved } = flow;
  if (values.has(value)) return;
  const step = makers.get(value) ?? fail("internal", `The value "${value}" cannot be made again.`);
  const { node } = step;
  const passing = node.inputs.filter((input) => !values.has(input));
  for (const input of passing) makeAgain(input, makers, flow, given);
  const { op } = node;
  const inputs = node.inputs.map((input) => made(values, input));
  const [again] = tidy(() => {
    const byProducts = saved.get(node.id) ?? [];
    if (op.kind === "batchNorm" && byProducts.length > 0) {
      return [batchNormAgain(op, tensorAt(inputs, 0), byProducts, given.weightOf)];
    }
    const operands = { inputs, weightOf: given.weightOf, activation: step.activation };
    return [...compute(op.kind, op, operands).outputs];
  });
  if (again !== undefined) values.set(value, again);
  release(values, passing);
}

function forward(
  step: Step,
  values: Map<ValueId, Tensor>,
  { weightOf, frozenNorm, noise }: TrainingInputs,
): Computed {
  const { node, activation } = step;
  const inputs = node.inputs.map((value) => made(values, value));
  const results = tidy(() => {
    const { op } = node;
    let computed: Computed;
    if (op.kind === "batchNorm" && (node.origin.trainable || frozenNorm === "batch")) {
      computed = batchNormTraining(op, inputs, weightOf);
    } else if (op.kind === "noise") computed = noiseTraining(op, inputs, noise);
    else if (op.kind === "recurrent") computed = recurrentTraining(op, inputs, weightOf, noise);
    else if (op.kind === "convLstm") computed = convLstmTraining(op, inputs, weightOf, noise);
    else {
      const known = forwards[op.kind];
      if ("unsupported" in known) return fail("unsupported", known.unsupported);
      computed = compute(op.kind, op, { inputs, weightOf, activation });
    }
    return [...computed.outputs, ...computed.saved];
  });
  const count = step.outputs.length;
  for (const [index, value] of step.outputs.entries()) values.set(value, tensorAt(results, index));
  return { outputs: results.slice(0, count), saved: results.slice(count) };
}

interface Operands {
  readonly inputs: readonly Tensor[];
  readonly weightOf: WeightLookup;
  readonly activation: Step["activation"];
}

function compute<K extends OpKind>(
  kind: K,
  op: OpOf<K>,
  { inputs, weightOf, activation }: Operands,
): Computed {
  const known = forwards[kind];
  if ("unsupported" in known) return fail("unsupported", known.unsupported);
  return known(op, inputs, weightOf, activation);
}

function statisticsOf(
  { node }: Step,
  values: ReadonlyMap<ValueId, Tensor>,
  saved: readonly Tensor[],
): BatchStatistics | undefined {
  const { op } = node;
  if (op.kind !== "batchNorm" || !node.origin.trainable) return undefined;
  const x = made(values, node.inputs[0] ?? "");
  const count = x.size / (x.shape[op.axis] ?? 1);
  const [mean, variance] = [clone(tensorAt(saved, 0)), clone(tensorAt(saved, 1))];
  return { node, mean, variance, count, rank: x.rank };
}

function backward(
  { step, back }: TrainingStep,
  { values, shapes, saved, flowing, gradients }: Flow,
  { weightOf, tables }: TrainingInputs,
): void {
  if (back === undefined) return;
  const { node, outputs, activation } = step;
  const [outputId = ""] = outputs;
  const all = outputs.map((value) => flowing.get(value));
  const incoming = all.find((one) => one !== undefined);
  const byProducts = saved.get(node.id) ?? [];
  if (incoming !== undefined) {
    const found = tidyGradients(incoming, () => {
      const output = values.get(outputId) ?? incoming;
      const gradient = throughFused(activation, output, incoming);
      return pass(node.op.kind, node.op, {
        inputs: node.inputs.map((value) => values.get(value) ?? incoming),
        shapes: shapes.get(node.id) ?? [],
        output,
        saved: byProducts,
        gradient,
        gradients: [all[0] && gradient, ...all.slice(1)],
        weightOf,
        tables,
        wants: (input) => back.wants[input] === true,
        wantsWeights: back.trains,
      });
    });
    node.inputs.forEach((value, index) => {
      const gradient = found.inputs[index];
      if (gradient !== undefined) gather(flowing, value, gradient);
    });
    for (const { ref, gradient } of found.weights) gather(gradients, ref.id, gradient);
    for (const value of outputs) flowing.delete(value);
    for (const one of all) one?.dispose();
  }
  for (const one of byProducts) one.dispose();
  saved.delete(node.id);
  release(values, back.release);
}

/** Keeps the gradients and ends all else; the incoming one is handed on as a tensor of its own. */
function tidyGradients(incoming: Tensor, f: () => Gradients): Gradients {
  let found: Gradients = { inputs: [], weights: [] };
  tidy(() => {
    const { inputs, weights } = f();
    found = { inputs: inputs.map((one) => (one === incoming ? clone(one) : one)), weights };
    return [
      ...found.inputs.flatMap((one) => one ?? []),
      ...found.weights.map(({ gradient }) => gradient),
    ];
  });
  return found;
}

function pass<K extends OpKind>(kind: K, op: OpOf<K>, step: BackwardStep): Gradients {
  const backward = backwards[kind];
  if ("unsupported" in backward) return fail("unsupported", backward.unsupported);
  return backward.gradients(op, step);
}

/** Adds to what has come from other readers; the sum takes the place of both. */
function gather(sums: Map<string, Tensor>, key: string, gradient: Tensor): void {
  const before = sums.get(key);
  if (before === undefined) {
    sums.set(key, gradient);
    return;
  }
  sums.set(key, add(before, gradient));
  before.dispose();
  gradient.dispose();
}

function release(values: Map<ValueId, Tensor>, gone: readonly ValueId[]): void {
  for (const value of gone) {
    values.get(value)?.dispose();
    values.delete(value);
  }
}

function made(values: ReadonlyMap<ValueId, Tensor>, value: ValueId): Tensor {
  return values.get(value) ?? fail("internal", `The value "${value}" is read before it is made.`);
}

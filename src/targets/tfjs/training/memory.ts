import type { Graph, ValueId } from "../../../ir/graph.ts";
import { sizeOf, type WeightRef } from "../../../ir/tensor.ts";
import type { TrainingPlan } from "./training-plan.ts";

/** What a training step is estimated to need at most, in bytes of tensors. */
export interface StepMemory {
  /** All at once: weights, gradients, slots, what is kept, and what the largest steps need besides. */
  readonly peak: number;
  /** What is kept for the way back. */
  readonly kept: number;
  /** What the largest step makes on the way there. */
  readonly largest: number;
}

/** What an estimate starts from. */
export interface StepSize {
  /** Samples of a batch. */
  readonly samples: number;
  /** Arrays that the optimizer keeps for each trained weight. */
  readonly slots: number;
}

/**
 * Goes through a plan without computing: which tensors are there after each step, there and back. Sizes that a model
 * leaves free are taken for 1.
 */
export function memoryOfStep(plan: TrainingPlan, { samples, slots }: StepSize): StepMemory {
  const bytesOf = (value: ValueId): number => BYTES * samples * sizeOfSample(plan.graph, value);
  const fixed = bytesOfWeights(plan, slots);
  const there = new Set(plan.graph.inputs.map(({ value }) => value));
  const flowing = new Set<ValueId>();
  let gradients = 0;
  let [peak, largest] = [0, 0];
  const total = (values: Iterable<ValueId>): number => {
    let bytes = 0;
    for (const value of values) bytes += bytesOf(value);
    return bytes;
  };
  const see = (besides: number): void => {
    peak = Math.max(peak, fixed + gradients + total(there) + total(flowing) + besides);
  };
  for (const { step, releaseForward } of plan.steps) {
    for (const value of step.outputs) there.add(value);
    // A bias or an activation makes a second tensor of the result.
    const made = total(step.outputs);
    largest = Math.max(largest, made);
    see(made);
    for (const value of releaseForward) there.delete(value);
  }
  const kept = total(there);
  for (const { value } of plan.graph.outputs) flowing.add(value);
  for (const { step, back } of [...plan.steps].reverse()) {
    if (back === undefined) continue;
    for (const value of back.again) there.add(value);
    const wanted = step.node.inputs.filter((_, index) => back.wants[index]);
    for (const value of wanted) flowing.add(value);
    see(total(wanted));
    gradients += back.trains ? bytesOfRefs(Object.values(step.node.op.weights)) : 0;
    for (const value of step.outputs) flowing.delete(value);
    for (const value of back.release) there.delete(value);
  }
  return { peak, kept, largest };
}

/** A batch size that fits, and what decided. */
export interface BatchLimit {
  readonly batchSize: number;
  /** Estimated bytes of a step with it. */
  readonly needed: number;
  /** Estimated bytes of a step with the size that was asked for. */
  readonly asked: number;
}

/** The largest batch size up to the one asked for whose step is estimated to need no more than this; 1 where not even that fits. */
export function limitBatch(
  asked: number,
  available: number,
  memoryOf: (samples: number) => number,
): BatchLimit {
  const whole = memoryOf(asked);
  if (whole <= available) return { batchSize: asked, needed: whole, asked: whole };
  let [fits, tooMany] = [1, asked];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (memoryOf(middle) <= available) fits = middle;
    else tooMany = middle;
  }
  return { batchSize: fits, needed: memoryOf(fits), asked: whole };
}

const BYTES = 4;

/** Numbers of a value for each sample; sizes that a model leaves free are taken for 1. */
export function sizeOfSample({ types }: Graph, value: ValueId): number {
  const [, ...shape] = types.get(value)?.shape ?? [];
  return sizeOf(shape.map((size) => size ?? 1));
}

/** All weights once, gradients and slots of those that are trained. */
function bytesOfWeights({ graph, weights }: TrainingPlan, slots: number): number {
  const refs = new Map<string, WeightRef>();
  for (const { op } of graph.nodes) {
    const own: readonly (WeightRef | undefined)[] = Object.values(op.weights);
    for (const ref of own) if (ref !== undefined) refs.set(ref.id, ref);
  }
  return bytesOfRefs([...refs.values()]) + slots * bytesOfRefs(weights.map(({ ref }) => ref));
}

function bytesOfRefs(refs: readonly (WeightRef | undefined)[]): number {
  return refs.reduce((sum, ref) => sum + (ref === undefined ? 0 : BYTES * sizeOf(ref.shape)), 0);
}

import type { Graph, TrainingSetup } from "../ir/graph.ts";
import { memoryOfStep, type StepMemory } from "../targets/tfjs/training/memory.ts";
import { planRecomputing } from "../targets/tfjs/training/recompute.ts";
import { planTraining, type TrainingPlan } from "../targets/tfjs/training/training-plan.ts";
import { type OptimizerSettings, optimizerSettings } from "./optimizers/settings.ts";
import { slotsOf } from "./optimizers/slots.ts";

/** The plans of a model's training step: the quickest one, and those that keep less. */
export interface StepPlans {
  /** The one for batches of so many samples. */
  planFor(samples: number): TrainingPlan;
  /** Bytes that a step is estimated to need, with what allocators take besides. */
  memoryOf(samples: number): number;
}

/** Chooses between a plan and those that keep less: by what is kept for the way back. */
export function stepPlans(plan: TrainingPlan, settings: OptimizerSettings): StepPlans {
  const slots = slotsOf(settings).length;
  const quick = planRecomputing(plan, "joins");
  const leaner = new Map<number, TrainingPlan>();
  const chosen = (samples: number): readonly [TrainingPlan, StepMemory] => {
    const own = memoryOfStep(quick, { samples, slots });
    const share = SHARES.find(({ above }) => own.kept > above)?.share;
    if (share === undefined) return [quick, own];
    const known = leaner.get(share) ?? planRecomputing(plan, "all", share);
    leaner.set(share, known);
    return [known, memoryOfStep(known, { samples, slots })];
  };
  return {
    planFor: (samples) => chosen(samples)[0],
    memoryOf: (samples) => chosen(samples)[1].peak * OVERHEAD,
  };
}

/**
 * Bytes that a training step is estimated to need, by samples of a batch; to be compared with what the machine has free
 * (`limitBatch`). Throws as `createTrainer` does.
 */
export function trainingMemory(graph: Graph, training: TrainingSetup): (samples: number) => number {
  const settings = optimizerSettings(training.optimizer, graph.source.version);
  return stepPlans(planTraining(graph), settings).memoryOf;
}

/**
 * Where more bytes than these would be kept, some of the time buys memory: the part of it that is made again. Half of it costs
 * MobileNet a twelfth of its time.
 */
const SHARES = [
  { above: 512 * 1024 ** 2, share: 1 / 3 },
  { above: 256 * 1024 ** 2, share: 1 / 6 },
] as const;

/** Measured with MobileNet, SqueezeNet and ResNet50 on tfjs-node. */
const OVERHEAD = 1.5;

import type { Tensor } from "@tensorflow/tfjs-core";
import { type GradientStarts, type RecordedPass, recordPass } from "./recorded-pass.ts";
import { startPass, type TrainingInputs, type TrainingPass } from "./run-training.ts";
import type { TrainingPlan } from "./training-plan.ts";

/** Runs batches there and back, as graphs where the backend can: one recording for each shape of batches. */
export interface PassRunner {
  start(plan: TrainingPlan, given: TrainingInputs, startsOf: GradientStarts): TrainingPass;
  dispose(): void;
}

/** A runner without recordings. */
export function passRunner(): PassRunner {
  const known = new Map<TrainingPlan, Map<string, RecordedPass | undefined>>();
  const ofPlan = (plan: TrainingPlan): Map<string, RecordedPass | undefined> => {
    const own = known.get(plan) ?? new Map<string, RecordedPass | undefined>();
    known.set(plan, own);
    return own;
  };
  return {
    start: (plan, given, startsOf) => {
      const [own, shapes] = [ofPlan(plan), shapesOf(given.inputs)];
      if (!own.has(shapes) && own.size < MOST_SHAPES) {
        own.set(shapes, recordPass(plan, given, startsOf));
      }
      return own.get(shapes)?.start(given) ?? startPass(plan, given);
    },
    dispose: () => {
      for (const own of known.values()) for (const one of own.values()) one?.dispose();
      known.clear();
    },
  };
}

/** Texts come in many lengths; each recording takes time and memory. */
const MOST_SHAPES = 4;

function shapesOf(inputs: readonly Tensor[]): string {
  return inputs.map(({ shape }) => shape.join("x")).join(",");
}

import { fail } from "../errors.ts";
import { withValues } from "../targets/keras/index.ts";
import type { WeightValues } from "../train/callback.ts";
import { epochsIn, type History, NO_HISTORY } from "../train/history.ts";
import type { NamedArray } from "../train/snapshot.ts";
import type { ResumedRun } from "./train-backup.ts";
import { type Trainee, withTraced } from "./train-model.ts";
import type { TrainPhase } from "./train-phases.ts";
import { checkTraining, runTraining, type TrainingResult, type TrainParts } from "./train-run.ts";
import { trainSetup } from "./train-setup.ts";
import { freezeLayers } from "./train-surgery.ts";

/** What the phases of a run have in common. */
export type PhaseParts = Omit<TrainParts, "trainee" | "setup" | "flags" | "phase"> & {
  readonly trainee: Trainee;
};

/**
 * One training after the other, each with the weights of the one before and a fresh optimizer, as Keras has it after `compile`. A signal,
 * or a loss that is lost, ends them all.
 */
export async function runPhases(
  parts: PhaseParts,
  phases: readonly TrainPhase[],
  signal: AbortSignal,
): Promise<TrainingResult> {
  const resumed = resumedPhase(parts.backup?.resume);
  const done: WeightValues[] = [];
  let { trainee } = parts;
  let history: History = NO_HISTORY;
  let rate: number | undefined;
  let result: TrainingResult | undefined;
  for (const [index, { title, flags, own }] of phases.entries()) {
    trainee = withTraced(trainee, freezeLayers(trainee.traced, flags));
    const passed = index < resumed.index ? resumed.done[index] : undefined;
    if (passed === undefined) {
      if (title !== undefined && !parts.quiet) parts.terminal.say(`Phase ${title}`);
      const before = index === resumed.index ? resumed.before : epochsIn(history);
      const phase = { index, before, done: arraysOf(done), history, rate, own };
      const setup = trainSetup(trainee.graph, flags);
      result = await runTraining({ ...parts, trainee, setup, flags, phase }, signal);
      if (signal.aborted || result.lostIn !== undefined) return result;
      ({ history, startRate: rate } = result);
    }
    const values = passed ?? result?.values ?? new Map();
    done.push(values);
    if (index < phases.length - 1)
      trainee = withTraced(trainee, withValues(trainee.traced, values));
  }
  return result ?? fail("internal", "There was no phase.");
}

/** Refuses what one of the phases would refuse, before the first begins. Throws `KcError`. */
export function checkPhases(parts: PhaseParts, phases: readonly TrainPhase[]): void {
  let { trainee } = parts;
  for (const { flags } of phases) {
    trainee = withTraced(trainee, freezeLayers(trainee.traced, flags));
    checkTraining({ ...parts, trainee, flags, setup: trainSetup(trainee.graph, flags) });
  }
}

function arraysOf(done: readonly WeightValues[]): readonly NamedArray[] {
  return done.flatMap((values, index) =>
    Array.from(values, ([id, numbers]) => ({ name: `phase/${index}/${id}`, values: numbers })),
  );
}

interface ResumedPhase {
  readonly index: number;
  /** Epochs of the phases before it. */
  readonly before: number;
  /** Weights after each of these. */
  readonly done: readonly WeightValues[];
}

function resumedPhase(resumed: ResumedRun | undefined): ResumedPhase {
  const { phase = 0, before = 0 } = resumed?.command ?? {};
  if (typeof phase !== "number" || typeof before !== "number")
    return { index: 0, before: 0, done: [] };
  const arrays = resumed?.snapshot.arrays ?? [];
  const done = Array.from({ length: phase }, (_, index) => {
    const prefix = `phase/${index}/`;
    const own = arrays.filter(({ name }) => name.startsWith(prefix));
    return new Map(
      own.map(
        ({ name, values }) => [name.slice(prefix.length), Float32Array.from(values)] as const,
      ),
    );
  });
  return { index: phase, before, done };
}

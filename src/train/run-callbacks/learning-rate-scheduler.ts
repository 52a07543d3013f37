import type { Callback } from "../callback.ts";
import { type LearningRateSchedule, scheduledRate } from "../callbacks/learning-rate-scheduler.ts";
import { measureWords } from "../keras-words.ts";

/** Sets the learning rate of each epoch by a schedule; it goes into the history. */
export function learningRateCallback(schedule: LearningRateSchedule): Callback {
  return {
    name: "LearningRateScheduler",
    onEpochBegin(epoch, { trainer }) {
      trainer.learningRate = scheduledRate(schedule, epoch, trainer.learningRate);
    },
    onEpochEnd(_epoch, logs, { trainer }) {
      logs[measureWords(trainer.graph.source.version).rate] = trainer.learningRate;
    },
  };
}

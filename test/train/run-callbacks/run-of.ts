import type { FitRun } from "../../../src/train/callback.ts";
import { NO_HISTORY } from "../../../src/train/history.ts";
import { createTrainer } from "../../../src/train/trainer.ts";
import { startOf } from "../runs.ts";

/** A run that callbacks can look at, at the learning rate 0.25; nothing is trained. */
export function runOf(): FitRun {
  const random = () => (count: number) => new Float32Array(count);
  const trainer = createTrainer(startOf("training", "sgd"), { random });
  trainer.learningRate = 0.25;
  return {
    trainer,
    epochs: 5,
    batches: 1,
    history: NO_HISTORY,
    stopped: false,
    stop() {},
    tell() {},
    warn() {},
    weights: () => new Map(),
    setWeights() {},
  };
}

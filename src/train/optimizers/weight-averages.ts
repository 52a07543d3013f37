import { at, type SlotSpec, zeros } from "./rule.ts";
import type { OptimizerSettings } from "./settings.ts";

/** The slot of a weight's moving average (`use_ema`); none where weights are not averaged. */
export function averageSlots({ config }: OptimizerSettings): readonly SlotSpec[] {
  return config.use_ema ? [zeros("average")] : [];
}

/** One weight with its average. */
export interface AveragedWeight {
  readonly weight: Float32Array;
  readonly average: Float32Array;
}

/** A step without which an average would be of nothing: tf.keras begins with the weights of before the first step. */
export function beginAverages(
  { dialect }: OptimizerSettings,
  step: number,
  averaged: readonly AveragedWeight[],
): void {
  if (dialect !== "tf" || step !== 1) return;
  for (const { weight, average } of averaged) average.set(weight);
}

/**
 * Brings averages to the weights behind a step, counted from 1, and every so many steps the weights to their averages. Keras 3 begins
 * with the weights of behind the first step, and goes by its own steps where gradients are accumulated, so that several updates count as one.
 * @see keras/src/optimizers/base_optimizer.py `_update_model_variables_moving_average` (3); optimizer.py (2.15)
 */
export function followWeights(
  { dialect, config }: OptimizerSettings,
  step: number,
  averaged: readonly AveragedWeight[],
): void {
  const { ema_momentum: momentum, ema_overwrite_frequency: frequency } = config;
  const first = dialect === "keras-3" && step === 1;
  const old = first ? 0 : Math.fround(momentum);
  const fresh = Math.fround(1 - (dialect === "keras-3" ? old : momentum));
  for (const { weight, average } of averaged) {
    for (let i = 0; i < average.length; i++) {
      average[i] = Math.fround(old * at(average, i)) + Math.fround(fresh * at(weight, i));
    }
  }
  if (frequency > 0 && step % frequency === 0) takeAverages(averaged);
}

/** Weights become their averages. */
export function takeAverages(averaged: readonly AveragedWeight[]): void {
  for (const { weight, average } of averaged) weight.set(average);
}

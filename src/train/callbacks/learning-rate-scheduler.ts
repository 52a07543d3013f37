import { fail } from "../../errors.ts";

/** The rate of an epoch (from 0), from the rate before it. */
export type LearningRateSchedule = (epoch: number, rate: number) => number;

/**
 * The rate that an epoch starts with, as float32. Throws `bad-option` when the schedule gives no number.
 * @see keras/callbacks.py `LearningRateScheduler` (2.2.4)
 */
export function scheduledRate(schedule: LearningRateSchedule, epoch: number, rate: number): number {
  const next = schedule(epoch, rate);
  if (Number.isFinite(next)) return Math.fround(next);
  return fail("bad-option", `The schedule gives ${next} for epoch ${epoch + 1}, expected a rate.`);
}

/** A schedule from a table: the rate of the last line whose epoch (from 0) has come; before the first line nothing changes. */
export function tableSchedule(
  lines: readonly { readonly epoch: number; readonly rate: number }[],
): LearningRateSchedule {
  const sorted = [...lines].sort((a, b) => a.epoch - b.epoch);
  return (epoch, rate) => sorted.findLast((line) => line.epoch <= epoch)?.rate ?? rate;
}

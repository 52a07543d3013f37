import type { EpochLogs } from "./callbacks/monitor.ts";

/** What a run measured, epoch by epoch, as Keras' `History` has it. */
export interface History {
  /** Numbers of the epochs, from 0. */
  readonly epoch: readonly number[];
  /** By name (`loss`, `val_loss`, `acc`, `lr`, …): one number for each epoch. */
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** Before the first epoch. */
export const NO_HISTORY: History = { epoch: [], history: {} };

/** A history with one more epoch. A number that was not measured before begins with this epoch, as in Keras. */
export function withEpoch({ epoch, history }: History, number: number, logs: EpochLogs): History {
  const longer = Object.entries(logs).map(
    ([name, value]) => [name, [...(history[name] ?? []), value]] as const,
  );
  return { epoch: [...epoch, number], history: { ...history, ...Object.fromEntries(longer) } };
}

/** How many epochs a run has had. */
export function epochsIn({ epoch }: History): number {
  return (epoch.at(-1) ?? -1) + 1;
}

/** What was measured last, by name. */
export function lastOf({ history }: History): EpochLogs {
  return Object.fromEntries(
    Object.entries(history).map(([name, values]) => [name, values.at(-1) ?? Number.NaN]),
  );
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { FIXTURES } from "../../cases.ts";

/** What a callback of Keras 2.2.4 did after one epoch. */
export interface TraceStep {
  readonly epoch: number;
  /** The rate after the epoch. */
  readonly lr: number;
  readonly stop: boolean;
  readonly saved: readonly { readonly kind: string; readonly path: string }[];
  readonly wait?: number;
  readonly cooldown_counter?: number;
  /** Text when infinite. */
  readonly best?: number | string;
}

export interface Trace {
  readonly callback: string;
  /** Keras' arguments; each fits wherever a test hands it on. */
  readonly args: Readonly<Record<string, never>>;
  readonly sequence: string;
  readonly schedule?: string;
  readonly start_lr?: number;
  readonly trace: readonly TraceStep[];
  readonly weights_of_epoch_at_end: number;
  readonly stopped_epoch?: number;
}

interface Callbacks {
  readonly sequences: Readonly<
    Record<string, Readonly<Record<string, readonly (number | null)[]>>>
  >;
  readonly traces: readonly Trace[];
}

const { sequences, traces }: Callbacks = JSON.parse(
  gunzipSync(readFileSync(join(FIXTURES, "training", "callbacks.json.gz"))).toString(),
);

/** All traces of a callback, each with a title. */
export function tracesOf(callback: string): readonly (readonly [string, Trace])[] {
  return traces
    .filter((one) => one.callback === callback)
    .map((one) => [`${JSON.stringify(one.args ?? one.schedule)} on ${one.sequence}`, one] as const);
}

/** How many there are, of all callbacks. */
export const TRACE_COUNT = traces.length;

/** What epoch `epoch` of a trace's sequence measured; null stands for NaN. */
export function logsOf({ sequence }: Trace, epoch: number): Readonly<Record<string, number>> {
  const measured = Object.entries(sequences[sequence] ?? {}).map(
    ([name, values]) => [name, values[epoch] ?? Number.NaN] as const,
  );
  const logs = Object.fromEntries(measured);
  return { ...logs, loss: logs.val_loss ?? Number.NaN, acc: logs.val_acc ?? Number.NaN };
}

/** The best number as the traces spell it. */
export function spelled(best: number): number | string {
  return Number.isFinite(best) ? best : best < 0 ? "-inf" : "inf";
}

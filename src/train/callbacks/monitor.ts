/** What an epoch measured, by Keras' names: `loss`, `val_loss`, `val_acc`, … */
export type EpochLogs = Readonly<Record<string, number>>;

/** Whether smaller or larger is better; `auto` goes by the name. */
export type MonitorMode = "auto" | "min" | "max";

/** What a callback looks at. */
export interface MonitorOptions {
  /** `val_loss` by default. */
  readonly monitor?: string;
  readonly mode?: MonitorMode;
}

/** One measured number with its direction. */
export interface Monitor {
  readonly name: string;
  readonly direction: "min" | "max";
  /** What every number is better than. */
  readonly worst: number;
  /** Whether `value` beats `best` by more than `margin`. NaN never does. */
  isBetter(value: number, best: number, margin?: number): boolean;
}

/**
 * The monitored number. In `auto`, names that contain `acc` (of checkpoints also those that begin with `fmeasure`) are
 * better when larger.
 * @see keras/callbacks.py `EarlyStopping`, `ModelCheckpoint`, `ReduceLROnPlateau` (2.2.4)
 */
export function monitorOf({ monitor = "val_loss", mode = "auto" }: MonitorOptions): Monitor {
  const rises = monitor.includes("acc") || monitor.startsWith("fmeasure");
  const direction = mode === "auto" ? (rises ? "max" : "min") : mode;
  return {
    name: monitor,
    direction,
    worst: direction === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    isBetter: (value, best, margin = 0) =>
      direction === "min" ? value < best - margin : value > best + margin,
  };
}

/** What to tell the user when the number was not measured. */
export function missingMonitor(callback: string, { name }: Monitor, logs: EpochLogs): string {
  const measured = Object.keys(logs).join(", ") || "nothing";
  return `${callback} looks at "${name}", which was not measured; measured: ${measured}.`;
}

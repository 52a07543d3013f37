import type { Callback, Logs } from "../callback.ts";
import { formatNumber } from "../callbacks/python-format.ts";
import type { KerasGeneration } from "../keras-generation.ts";

/** What Keras' `CSVLogger` is made with. */
export interface CsvLoggerOptions {
  readonly generation: KerasGeneration["kind"];
  /** A comma by default. */
  readonly separator?: string;
  /** Takes the whole file, with one line more after each epoch. */
  write(text: string): void | Promise<void>;
}

/**
 * Keras' `CSVLogger`, byte for byte: names in the order of the alphabet, epochs from 0. Without validation TensorFlow's Keras
 * and Keras 3 have its columns too, and `NA` in them. @see keras/src/callbacks/csv_logger.py
 */
export function csvLoggerCallback(options: CsvLoggerOptions): Callback {
  let names: readonly string[] | undefined;
  const lines: string[] = [];
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell) => quoted(cell, options.separator ?? ",")).join(options.separator ?? ",")}\r\n`;
  const add = (epoch: number, logs: Logs): void => {
    if (names === undefined) {
      names = columnsOf(logs, options.generation);
      lines.push(line(["epoch", ...names]));
    }
    lines.push(line([String(epoch), ...names.map((name) => cellOf(logs[name], options))]));
  };
  return {
    async onEpochEnd(epoch, logs, { history }) {
      // Epochs of a run that was interrupted.
      if (lines.length === 0) {
        for (const [at, past] of history.epoch.entries()) add(past, logsOf(history, at));
      }
      add(epoch, logs);
      await options.write(lines.join(""));
    },
  };
}

function columnsOf(logs: Logs, generation: KerasGeneration["kind"]): readonly string[] {
  const names = Object.keys(logs).sort();
  const validated = names.some((name) => name.startsWith("val_"));
  if (generation === "standalone" || validated) return names;
  return [...names, ...names.map((name) => `val_${name}`)];
}

/** As Python prints it; what TensorFlow computes is of float32. */
function cellOf(value: number | undefined, { generation }: CsvLoggerOptions): string {
  if (value === undefined) return "NA";
  const own = generation === "standalone" ? value : Math.fround(value);
  return formatNumber(own, "", "float") ?? String(own);
}

function quoted(cell: string, separator: string): string {
  const needs = cell.includes(separator) || /["\r\n]/.test(cell);
  return needs ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** What was measured in an epoch. A number that was measured later on only has a shorter list. */
function logsOf(
  {
    epoch,
    history,
  }: {
    readonly epoch: readonly number[];
    readonly history: Readonly<Record<string, readonly number[]>>;
  },
  at: number,
): Logs {
  return Object.fromEntries(
    Object.entries(history).flatMap(([name, values]) => {
      const value = values[at - (epoch.length - values.length)];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

import { isJsonList, type JsonObject } from "../../json.ts";
import type { Logs } from "../callback.ts";
import type { Metric } from "./resolve-metrics.ts";

/** What was measured in an epoch, as far as it has come: the mean loss of its samples, and the metrics. */
export interface Averages {
  /** Adds a batch of so many samples. */
  add(samples: number, loss: number, output: Float32Array, target: Float32Array): void;
  /** By name; empty before the first batch. */
  means(): Logs;
  /** So that an interrupted epoch can go on. */
  readonly state: JsonObject;
}

/** Averages that begin empty, or with a saved state. */
export function createAverages(metrics: readonly Metric[], saved: JsonObject = {}): Averages {
  const sums = new Map(metrics.map(({ name }) => [name, numbersOf(saved, name)]));
  let [seen = 0, lost = 0] = numbersOf(saved, LOSS);
  return {
    add(samples, loss, output, target) {
      seen += samples;
      lost += loss * samples;
      for (const { name, sums: count } of metrics) {
        const before = sums.get(name) ?? [];
        sums.set(
          name,
          count(output, target).map((value, index) => (before[index] ?? 0) + value),
        );
      }
    },
    means() {
      if (seen === 0) return {};
      const values = metrics.map(({ name, value }) => [name, value(sums.get(name) ?? [])] as const);
      return { loss: lost / seen, ...Object.fromEntries(values) };
    },
    get state() {
      return { [LOSS]: [seen, lost], ...Object.fromEntries(sums) };
    },
  };
}

/** No metric is called so. */
const LOSS = "samples and loss";

function numbersOf(saved: JsonObject, name: string): readonly number[] {
  const found = saved[name];
  if (!isJsonList(found)) return [];
  return found.map((value) => (typeof value === "number" ? value : Number.NaN));
}

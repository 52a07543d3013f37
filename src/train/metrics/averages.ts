import type { JsonObject } from "../../json.ts";
import type { Logs } from "../callback.ts";

/** Averages over the samples of an epoch, as far as it has come. */
export interface Averages {
  /** What a batch of so many samples gave. */
  add(samples: number, values: Logs): void;
  /** By name; empty before the first batch. */
  means(): Logs;
  /** So that an interrupted epoch can go on. */
  readonly state: JsonObject;
}

/** Averages that begin empty, or with a saved state. */
export function createAverages(saved: JsonObject = {}): Averages {
  const sums = new Map<string, number>();
  let seen = 0;
  for (const [name, value] of Object.entries(saved)) {
    if (typeof value !== "number") continue;
    if (name === SEEN) seen = value;
    else sums.set(name, value);
  }
  return {
    add(samples, values) {
      seen += samples;
      for (const [name, value] of Object.entries(values)) {
        sums.set(name, (sums.get(name) ?? 0) + value * samples);
      }
    },
    means: () => Object.fromEntries(Array.from(sums, ([name, sum]) => [name, sum / seen])),
    get state() {
      return { [SEEN]: seen, ...Object.fromEntries(sums) };
    },
  };
}

/** No metric is called so. */
const SEEN = "samples seen";

import { fail } from "../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { Callback } from "./callback.ts";
import type { FitOptions } from "./fit.ts";
import type { FitPosition } from "./fit-state.ts";
import type { History } from "./history.ts";
import { createAverages } from "./metrics/averages.ts";
import type { SavedArray } from "./optimizers/state.ts";
import { type RunSnapshot, SNAPSHOT_VERSION } from "./snapshot.ts";
import type { Trainer } from "./trainer.ts";
import type { TrainingData } from "./training-data.ts";
import { setWeights } from "./weight-values.ts";

/** Where a resumed run stands. */
export interface RestoredRun {
  readonly position: FitPosition;
  readonly history: History;
  /** A callback had ended the run. */
  readonly stopped: boolean;
}

/**
 * Puts a trainer and callbacks where a snapshot was taken. Throws `bad-option` for one that was taken with other data, and
 * `bad-weights` for one of another model or optimizer.
 */
export function restoreRun(
  { state, arrays }: RunSnapshot,
  trainer: Trainer,
  data: TrainingData,
  {
    callbacks = [],
    metrics = [],
    accumulation = 1,
  }: Pick<FitOptions, "callbacks" | "metrics" | "accumulation">,
): RestoredRun {
  if (state.version !== SNAPSHOT_VERSION) refuse("version");
  const { samples, batchSize, batches } = data;
  checkData(objectAt(state, "data"), { samples, batchSize, batches, accumulation });
  const values = new Map(arrays.map(({ name, values }) => [name, values]));
  const weights = new Map(
    arrays.flatMap(({ name, values }) =>
      name.startsWith("weight/") ? [[name.slice(7), Float32Array.from(values)] as const] : [],
    ),
  );
  setWeights(trainer, weights);
  const saved = listAt(state, "optimizer").map((entry, index): SavedArray => {
    const own = isJsonObject(entry) ? entry : refuse("optimizer");
    const numbers = values.get(`optimizer/${index}`) ?? refuse(`optimizer/${index}`);
    const shape = listAt(own, "shape").map((dim) => numberOf(dim, "shape"));
    return { name: String(own.name), shape, values: numbers };
  });
  trainer.restoreState(saved, trainer.graph.source.version);
  trainer.restoreHidden(objectAt(state, "hidden"));
  restoreCallbacks(callbacks, objectAt(state, "callbacks"), values);
  return {
    position: {
      epoch: numberOf(state.epoch, "epoch"),
      batch: numberOf(state.batch, "batch"),
      averages: createAverages({
        metrics,
        version: trainer.graph.source.version,
        saved: objectAt(state, "averages"),
      }),
    },
    history: historyOf(objectAt(state, "history")),
    stopped: state.stopped === true,
  };
}

/** With other samples or batches the order would be another. */
function checkData(before: JsonObject, now: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(now)) {
    if (before[key] === value) continue;
    fail(
      "bad-option",
      `The saved run had ${WHAT.get(key) ?? key} ${JSON.stringify(before[key] ?? null)}, but now there are ${value}.`,
      { hint: "Resume with the options and pictures of that run, or start anew." },
    );
  }
}

const WHAT: ReadonlyMap<string, string> = new Map([
  ["samples", "samples:"],
  ["batchSize", "a batch size of"],
  ["batches", "batches an epoch:"],
  ["accumulation", "batches accumulated:"],
]);

function restoreCallbacks(
  callbacks: readonly Callback[],
  states: JsonObject,
  values: ReadonlyMap<string, Float32Array | Float64Array>,
): void {
  for (const callback of callbacks) {
    const { name } = callback;
    const json = name === undefined ? undefined : states[name];
    if (!isJsonObject(json)) continue;
    const prefix = `callback/${name}/`;
    const arrays = new Map(
      Array.from(values).flatMap(([key, numbers]) =>
        key.startsWith(prefix)
          ? [[key.slice(prefix.length), Float32Array.from(numbers)] as const]
          : [],
      ),
    );
    callback.restoreState?.({ json, arrays });
  }
}

function historyOf(json: JsonObject): History {
  const series = Object.entries(objectAt(json, "history")).map(
    ([name, numbers]) => [name, numbersOf(numbers, name)] as const,
  );
  return { epoch: numbersOf(json.epoch, "epoch"), history: Object.fromEntries(series) };
}

function numbersOf(json: Json | undefined, key: string): readonly number[] {
  return isJsonList(json) ? json.map((value) => numberOf(value, key)) : refuse(key);
}

function numberOf(json: Json | undefined, key: string): number {
  return typeof json === "number" ? json : refuse(key);
}

function objectAt(json: JsonObject, key: string): JsonObject {
  const value = json[key];
  return isJsonObject(value) ? value : refuse(key);
}

function listAt(json: JsonObject, key: string): readonly Json[] {
  const value = json[key];
  return isJsonList(value) ? value : refuse(key);
}

function refuse(key: string): never {
  return fail("bad-weights", `The saved run is damaged or of another version: "${key}".`, {
    hint: "Start anew, without --resume.",
  });
}

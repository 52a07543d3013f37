import type { Json, JsonObject } from "../json.ts";
import type { FitState } from "./fit-state.ts";
import { weightsOf } from "./weight-values.ts";

/** Numbers with a name, as they are saved with a run. */
export interface NamedArray {
  readonly name: string;
  readonly values: Float32Array | Float64Array;
}

/** All that a run needs to go on bit for bit: plain data, to be written by whoever owns the files. */
export interface RunSnapshot {
  /** Numbers in it may be infinite or NaN. */
  readonly state: JsonObject;
  readonly arrays: readonly NamedArray[];
}

/** The version of what is in a snapshot. */
export const SNAPSHOT_VERSION = 1;

/** A run as it stands, its gradients apart: to be called behind a step of the optimizer. */
export function captureRun({ run, position, callbacks, data, options }: FitState): RunSnapshot {
  const { trainer, history } = run;
  const arrays: NamedArray[] = [];
  for (const [id, values] of weightsOf(trainer)) arrays.push({ name: `weight/${id}`, values });
  const optimizer = trainer.saveState(trainer.graph.source.version);
  optimizer.forEach(({ values }, index) => {
    arrays.push({ name: `optimizer/${index}`, values });
  });
  const states: Record<string, Json> = {};
  for (const callback of callbacks) {
    const { name } = callback;
    const saved = callback.saveState?.();
    if (name === undefined || saved === undefined) continue;
    states[name] = saved.json;
    for (const [key, values] of saved.arrays ?? []) {
      arrays.push({ name: `callback/${name}/${key}`, values });
    }
  }
  const { samples, batchSize, batches } = data;
  const { epoch, batch, averages } = position;
  const { accumulation = 1 } = options;
  const state = {
    version: SNAPSHOT_VERSION,
    data: { samples, batchSize, batches, accumulation },
    epoch,
    batch,
    stopped: run.stopped,
    averages: averages.state,
    history: { epoch: history.epoch, history: history.history },
    optimizer: optimizer.map(({ name, shape }) => ({ name, shape })),
    hidden: trainer.saveHidden(),
    callbacks: states,
  };
  return { state, arrays };
}

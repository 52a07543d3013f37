import type { Callback, FitRun } from "../callback.ts";
import { type ModelCheckpointOptions, modelCheckpoint } from "../callbacks/model-checkpoint.ts";
import { numberAt } from "./saved-number.ts";

/** Keras' arguments of `ModelCheckpoint`, and who writes the file. */
export interface ModelCheckpointCallbackOptions extends ModelCheckpointOptions {
  save(path: string, run: FitRun): void | Promise<void>;
}

/** Saves the model as it goes. */
export function modelCheckpointCallback(options: ModelCheckpointCallbackOptions): Callback {
  const decide = modelCheckpoint(options);
  let state = decide.start;
  return {
    name: "ModelCheckpoint",
    async onEpochEnd(epoch, logs, run) {
      // An epoch that was broken off has no validation, which the pattern may name; what it left is not worth a file.
      if (run.stopped && !Number.isFinite(logs.loss ?? 0)) return;
      const verdict = decide.afterEpoch(state, epoch, logs);
      if (verdict.warning !== undefined) run.warn(verdict.warning);
      if (verdict.path !== undefined) await options.save(verdict.path, run);
      state = verdict.state;
    },
    saveState: () => ({ json: { best: state.best, since: state.since } }),
    restoreState({ json }) {
      state = { best: numberAt(json, "best", state.best), since: numberAt(json, "since", 0) };
    },
  };
}

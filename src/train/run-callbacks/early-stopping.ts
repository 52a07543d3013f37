import type { Callback, WeightValues } from "../callback.ts";
import { type EarlyStoppingOptions, earlyStopping } from "../callbacks/early-stopping.ts";
import { numberAt } from "./saved-number.ts";

/** Keras' arguments of `EarlyStopping`. */
export interface EarlyStoppingCallbackOptions extends EarlyStoppingOptions {
  /** Ends with the weights of the best epoch, however the run ends; Keras does so only where it stopped by itself. */
  readonly restoreBestWeights?: boolean;
}

/** Ends a run that no longer improves. */
export function earlyStoppingCallback(options: EarlyStoppingCallbackOptions = {}): Callback {
  const decide = earlyStopping(options);
  let state = decide.start;
  let best: WeightValues | undefined;
  return {
    name: "EarlyStopping",
    onEpochEnd(epoch, logs, run) {
      const verdict = decide.afterEpoch(state, epoch, logs);
      state = verdict.state;
      if (verdict.warning !== undefined) run.warn(verdict.warning);
      if (verdict.improved && options.restoreBestWeights === true) best = run.weights();
      if (verdict.stop) run.stop();
    },
    onTrainEnd(run) {
      if (best !== undefined) run.setWeights(best);
    },
    saveState: () => ({
      json: {
        best: state.best,
        wait: state.wait,
        ...(state.bestEpoch === undefined ? {} : { bestEpoch: state.bestEpoch }),
      },
      ...(best === undefined ? {} : { arrays: best }),
    }),
    restoreState({ json, arrays }) {
      const { bestEpoch } = json;
      state = {
        best: numberAt(json, "best", state.best),
        wait: numberAt(json, "wait", 0),
        bestEpoch: typeof bestEpoch === "number" ? bestEpoch : undefined,
        stoppedEpoch: undefined,
      };
      best = arrays !== undefined && arrays.size > 0 ? arrays : undefined;
    },
  };
}

import type { Callback } from "../callback.ts";
import { type ReduceOnPlateauOptions, reduceOnPlateau } from "../callbacks/reduce-on-plateau.ts";
import { measureWords } from "../keras-words.ts";
import { numberAt } from "./saved-number.ts";

/** Lowers the learning rate when a run stops improving; the rate of each epoch goes into the history. */
export function reduceOnPlateauCallback(options: ReduceOnPlateauOptions = {}): Callback {
  const decide = reduceOnPlateau(options);
  let state = decide.start;
  return {
    name: "ReduceLROnPlateau",
    onEpochEnd(epoch, logs, run) {
      const { trainer } = run;
      const before = trainer.learningRate;
      logs[measureWords(trainer.graph.source.version).rate] = before;
      const verdict = decide.afterEpoch(state, before, logs);
      state = verdict.state;
      if (verdict.warning !== undefined) run.warn(verdict.warning);
      if (verdict.rate === undefined) return;
      trainer.learningRate = verdict.rate;
      run.tell(`Epoch ${epoch + 1}: the learning rate falls to ${trainer.learningRate}.`);
    },
    saveState: () => ({ json: { ...state } }),
    restoreState({ json }) {
      state = {
        best: numberAt(json, "best", state.best),
        wait: numberAt(json, "wait", 0),
        cooldown: numberAt(json, "cooldown", 0),
      };
    },
  };
}

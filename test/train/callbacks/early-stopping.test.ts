import { describe, expect, it } from "vitest";
import { earlyStopping } from "../../../src/train/callbacks/early-stopping.ts";
import { logsOf, spelled, tracesOf } from "./traces.ts";

describe("early stopping", () => {
  it.each(tracesOf("EarlyStopping"))("decides as Keras does: %s", (_, one) => {
    const { min_delta: minDelta = 0, restore_best_weights: restore = false, ...args } = one.args;
    const callback = earlyStopping({ ...args, minDelta });
    let { start: state } = callback;
    for (const { epoch, stop, wait, best } of one.trace) {
      const verdict = callback.afterEpoch(state, epoch, logsOf(one, epoch));
      ({ state } = verdict);
      expect([verdict.stop, state.wait, spelled(state.best)]).toEqual([stop, wait, best]);
      expect(verdict.improved).toBe(state.bestEpoch === epoch);
    }
    const last = one.trace.at(-1)?.epoch;
    expect(state.stoppedEpoch ?? 0).toBe(one.stopped_epoch);
    // The weights at the end carry the number of the epoch that they are of.
    const restored = restore && state.stoppedEpoch !== undefined ? state.bestEpoch : last;
    expect(restored).toBe(one.weights_of_epoch_at_end);
  });

  it("warns of a number that was not measured, and goes on", () => {
    const callback = earlyStopping({ monitor: "val_f1" });
    const verdict = callback.afterEpoch(callback.start, 0, { loss: 1, acc: 0.5 });
    expect(verdict).toMatchObject({
      stop: false,
      warning: 'EarlyStopping looks at "val_f1", which was not measured; measured: loss, acc.',
    });
  });
});

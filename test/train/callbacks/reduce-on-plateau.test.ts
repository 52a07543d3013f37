import { describe, expect, it } from "vitest";
import { reduceOnPlateau } from "../../../src/train/callbacks/reduce-on-plateau.ts";
import { logsOf, spelled, tracesOf } from "./traces.ts";

describe("reducing the rate on a plateau", () => {
  it.each(tracesOf("ReduceLROnPlateau"))("decides as Keras does: %s", (_, one) => {
    const { min_delta: minDelta = 1e-4, min_lr: minRate = 0, ...args } = one.args;
    const callback = reduceOnPlateau({ ...args, minDelta, minRate });
    let { start: state } = callback;
    let rate = Math.fround(0.01);
    for (const step of one.trace) {
      const verdict = callback.afterEpoch(state, rate, logsOf(one, step.epoch));
      ({ state } = verdict);
      rate = verdict.rate ?? rate;
      expect([rate, state.wait, state.cooldown, spelled(state.best)]).toEqual([
        step.lr,
        step.wait,
        step.cooldown_counter,
        step.best,
      ]);
    }
  });

  it("refuses a factor that does not lower the rate", () => {
    for (const factor of [1, 1.5, Number.NaN]) {
      expect(() => reduceOnPlateau({ factor })).toThrow(
        `The factor of a plateau is ${factor}, expected below 1.`,
      );
    }
  });
});

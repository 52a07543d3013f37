import { describe, expect, it } from "vitest";
import {
  type LearningRateSchedule,
  scheduledRate,
  tableSchedule,
} from "../../../src/train/callbacks/learning-rate-scheduler.ts";
import { tracesOf } from "./traces.ts";

const SCHEDULES: Readonly<Record<string, LearningRateSchedule>> = {
  "step: 0.01 * 0.5 ** (epoch // 3)": (epoch) => 0.01 * 0.5 ** Math.floor(epoch / 3),
  "exponential on the current lr: lr * 0.9": (_, rate) => rate * 0.9,
};

describe("a schedule of the learning rate", () => {
  it.each(tracesOf("LearningRateScheduler"))("gives Keras' rates: %s", (_, one) => {
    const schedule = SCHEDULES[one.schedule ?? ""];
    if (schedule === undefined) throw new Error(`${one.schedule} is not known.`);
    let rate = Math.fround(one.start_lr ?? 0);
    for (const { epoch, lr } of one.trace) {
      rate = scheduledRate(schedule, epoch, rate);
      expect(rate).toBe(lr);
    }
  });

  it("of a table holds until its next line", () => {
    const schedule = tableSchedule([
      { epoch: 4, rate: 0.01 },
      { epoch: 1, rate: 0.1 },
    ]);
    expect([0, 1, 3, 4, 9].map((epoch) => schedule(epoch, 0.5))).toEqual([
      0.5, 0.1, 0.1, 0.01, 0.01,
    ]);
  });

  it("refuses what is not a number", () => {
    expect(() => scheduledRate(() => Number.NaN, 2, 0.1)).toThrow(
      "The schedule gives NaN for epoch 3, expected a rate.",
    );
  });
});

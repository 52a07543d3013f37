import { describe, expect, it } from "vitest";
import { isLost } from "../../../src/train/callbacks/terminate-on-nan.ts";
import { logsOf, TRACE_COUNT, tracesOf } from "./traces.ts";

describe("a lost loss", () => {
  it.each(tracesOf("TerminateOnNaN"))("ends the run when Keras ends it: %s", (_, one) => {
    for (const { epoch, stop } of one.trace) {
      expect(isLost(logsOf(one, epoch).loss ?? 0)).toBe(stop);
    }
  });

  it("may also be infinite", () => {
    expect([isLost(Number.POSITIVE_INFINITY), isLost(1e30)]).toEqual([true, false]);
  });

  it("is the last of five callbacks whose traces are all tried", () => {
    const tried = [
      "EarlyStopping",
      "ReduceLROnPlateau",
      "ModelCheckpoint",
      "LearningRateScheduler",
      "TerminateOnNaN",
    ].map((callback) => tracesOf(callback).length);
    expect(tried.reduce((sum, count) => sum + count)).toBe(TRACE_COUNT);
  });
});

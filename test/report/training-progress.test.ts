import { describe, expect, it } from "vitest";
import { epochLine, epochTitle, progressBar } from "../../src/report/training-progress.ts";

const LOGS = { loss: 0.45111696, acc: 0.8826816, lr: 0.0001 };

describe("the line of a run", () => {
  it("grows as Keras' does", () => {
    const half = { done: 11, batches: 22, seconds: 3, logs: LOGS };
    expect(progressBar(half)).toBe(
      "11/22 [==============>...............] - ETA: 3s - loss: 0.4511 - acc: 0.8827 - lr: 1.0000e-04",
    );
  });

  it("ends with the time of the epoch and of a step", () => {
    const done = { done: 22, batches: 22, seconds: 75.2, logs: { ...LOGS, val_loss: 12.5 } };
    expect(epochLine(done)).toBe(
      "22/22 [==============================] - 1:15 3s/step - loss: 0.4511 - acc: 0.8827 - lr: 1.0000e-04 - val_loss: 12.5000",
    );
  });

  it("tells steps of less than a millisecond", () => {
    const quick = { done: 5, batches: 5, seconds: 0.001, logs: {} };
    expect(epochLine(quick)).toBe("5/5 [==============================] - 0s 200us/step");
  });

  it("counts epochs from 1", () => {
    expect(epochTitle(0, 12)).toBe("Epoch 1/12");
  });
});

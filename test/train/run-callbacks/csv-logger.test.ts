import { beforeAll, describe, expect, it } from "vitest";
import type { Callback, FitRun, Logs } from "../../../src/train/callback.ts";
import { type History, NO_HISTORY, withEpoch } from "../../../src/train/history.ts";
import { csvLoggerCallback } from "../../../src/train/run-callbacks/csv-logger.ts";
import { activateBackend, BACKENDS } from "../../targets/tfjs/backends.ts";
import { runOf } from "./run-of.ts";

beforeAll(() => activateBackend(BACKENDS[0] ?? ""));

/** The file after each of these epochs, of a run that had the history before. */
async function filesOf(
  generation: "standalone" | "tensorflow" | "keras-3",
  epochs: readonly Logs[],
  before: History = NO_HISTORY,
): Promise<readonly string[]> {
  const files: string[] = [];
  const callback: Callback = csvLoggerCallback({
    generation,
    write: (text) => {
      files.push(text);
    },
  });
  let history = before;
  for (const logs of epochs) {
    const epoch = history.epoch.length;
    const run: FitRun = { ...runOf(), history };
    await callback.onEpochEnd?.(epoch, logs, run);
    history = withEpoch(history, epoch, logs);
  }
  return files;
}

const EPOCHS = [
  {
    loss: 0.6931471824645996,
    accuracy: 0.5,
    val_loss: 1e-7,
    val_accuracy: 1,
    learning_rate: 0.001,
  },
  {
    loss: 12345678,
    accuracy: 0,
    val_loss: Number.NaN,
    val_accuracy: Number.POSITIVE_INFINITY,
    learning_rate: 1e-4,
  },
];

/** What CSVLogger of tf.keras 2.15.1 and Keras 3.15.1 makes of the same numbers; `1e-7` is not one of float32. */
const WRITTEN =
  "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\r\n" +
  "0,0.5,0.0010000000474974513,0.6931471824645996,1.0,1.0000000116860974e-07\r\n" +
  "1,0.0,9.999999747378752e-05,12345678.0,inf,nan\r\n";

describe("the log of a run as CSV", () => {
  it.each(["tensorflow", "keras-3"] as const)("is that of Keras (%s)", async (generation) => {
    const [first = "", second] = await filesOf(generation, EPOCHS);
    expect(second).toBe(WRITTEN);
    expect(WRITTEN.startsWith(first)).toBe(true);
  });

  it("has empty columns for a validation that there is not, but in stand-alone Keras", async () => {
    const logs = [
      { loss: 1.25, acc: 0.5 },
      { loss: 2 ** 54, acc: 3 },
    ];
    const [, later] = await filesOf("keras-3", logs);
    expect(later).toBe(
      "epoch,acc,loss,val_acc,val_loss\r\n0,0.5,1.25,NA,NA\r\n1,3.0,1.8014398509481984e+16,NA,NA\r\n",
    );
    const [, before] = await filesOf("standalone", logs);
    expect(before).toBe("epoch,acc,loss\r\n0,0.5,1.25\r\n1,3.0,1.8014398509481984e+16\r\n");
  });

  it("says NA where a number is missing", async () => {
    const [, text] = await filesOf("tensorflow", [{ loss: 1.25, val_loss: 0.5 }, { loss: 1.5 }]);
    expect(text).toBe("epoch,loss,val_loss\r\n0,1.25,0.5\r\n1,1.5,NA\r\n");
  });

  it("begins with the epochs of the run that is gone on with", async () => {
    const [first = {}, second = {}] = EPOCHS;
    const [text] = await filesOf("keras-3", [second], withEpoch(NO_HISTORY, 0, first));
    expect(text).toBe(WRITTEN);
  });
});

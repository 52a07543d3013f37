import { beforeAll, describe, expect, it } from "vitest";
import {
  type EpochScalars,
  tensorBoardCallback,
} from "../../../src/train/run-callbacks/tensorboard.ts";
import { activateBackend, BACKENDS } from "../../targets/tfjs/backends.ts";
import { runOf } from "./run-of.ts";

beforeAll(() => activateBackend(BACKENDS[0] ?? ""));

describe("numbers for TensorBoard", () => {
  it("are called as Keras calls them, in two runs, with the learning rate", async () => {
    const written: EpochScalars[] = [];
    const callback = tensorBoardCallback((scalars) => written.push(scalars));
    await callback.onEpochEnd?.(4, { loss: 2, acc: 0.5, val_loss: 3, lr: 0.25 }, runOf());
    expect(written).toEqual([
      {
        run: "train",
        step: 4,
        scalars: [
          { tag: "epoch_loss", value: 2 },
          { tag: "epoch_acc", value: 0.5 },
          { tag: "epoch_learning_rate", value: 0.25 },
        ],
      },
      { run: "validation", step: 4, scalars: [{ tag: "epoch_loss", value: 3 }] },
    ]);
  });

  it("are of training alone without a validation", async () => {
    const written: EpochScalars[] = [];
    const callback = tensorBoardCallback((scalars) => written.push(scalars));
    await callback.onEpochEnd?.(0, { loss: 2 }, runOf());
    expect(written.map(({ run }) => run)).toEqual(["train"]);
  });
});

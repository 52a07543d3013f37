import { describe, expect, it } from "vitest";
import { modelCheckpoint } from "../../../src/train/callbacks/model-checkpoint.ts";
import { logsOf, spelled, tracesOf } from "./traces.ts";

describe("checkpoints", () => {
  it.each(tracesOf("ModelCheckpoint"))("are written when and where Keras does: %s", (_, one) => {
    const { filepath: path = "", save_best_only: saveBestOnly = false, ...args } = one.args;
    const callback = modelCheckpoint({ ...args, path, saveBestOnly });
    let { start: state } = callback;
    for (const { epoch, saved, best } of one.trace) {
      const verdict = callback.afterEpoch(state, epoch, logsOf(one, epoch));
      ({ state } = verdict);
      expect(verdict.path === undefined ? [] : [verdict.path]).toEqual(
        saved.map((file) => file.path),
      );
      expect(spelled(state.best)).toBe(best);
    }
  });

  it("warn instead of saving when the number was not measured", () => {
    const callback = modelCheckpoint({ path: "best.h5", monitor: "val_acc", saveBestOnly: true });
    const verdict = callback.afterEpoch(callback.start, 0, { loss: 1 });
    expect(verdict.path).toBeUndefined();
    expect(verdict.warning).toBe(
      'ModelCheckpoint looks at "val_acc", which was not measured; measured: loss.',
    );
  });
});

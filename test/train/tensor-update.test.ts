import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { optimizerSettings } from "../../src/train/optimizers/settings.ts";
import { tensorRuleOf } from "../../src/train/tensor-rules.ts";
import { rowsOf, updateParts } from "../../src/train/tensor-update.ts";
import { groupsOf } from "../../src/train/weight-groups.ts";
import { weight } from "../targets/coreml-nn/build-graph.ts";
import { ARITHMETIC } from "./plain-arithmetic.ts";

describe("the rows that a large weight is updated by", () => {
  it.each([
    [1024 * 1024, 1],
    [2048 * 1000, 2],
    [3 * 3 * 512 * 512, 3],
    [7 * 1024 * 1024, 7],
    [25_088 * 4096, 64],
  ])("are, of %d numbers, %d", (size, rows) => {
    expect(rowsOf(size)).toBe(rows);
  });

  it("are one where no number of them divides the weight into aligned ones", () => {
    expect(rowsOf(1_048_577 * 3)).toBe(1);
    expect(rowsOf(1)).toBe(1);
    expect(rowsOf(0)).toBe(1);
  });
});

describe("the update of a large weight", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });

  it("reaches each of its numbers once, and leaves nothing behind", () => {
    const settings = optimizerSettings({ name: "sgd", config: { momentum: 0.5 } }, "3.0.0");
    const rule = tensorRuleOf(settings, ARITHMETIC);
    if (rule === undefined) throw new Error("SGD has a rule.");
    const shape = [2048, 2048];
    const [group] = groupsOf([weight("kernel", shape)]);
    if (group === undefined) throw new Error("one group");
    const ramp = (by: number): tf.Tensor =>
      tf.reshape(tf.mul(tf.mod(tf.range(0, 2 ** 22), 1024), by), shape);
    const [held, gradient, velocity] = [ramp(1), ramp(0.5), ramp(2)];
    const rate = tf.scalar(0.25);
    const before = tf.memory().numTensors;
    const parts = [{ group, held: [held], gradients: [gradient], slots: [velocity] }];
    updateParts(parts, [rate], { settings, rule, arithmetic: ARITHMETIC });
    expect(tf.memory().numTensors).toBe(before + 1);
    // v = 0.5 · 2i − 0.25 · 0.5i = 0.875i, w = i + 0.875i; of whole numbers below 1024, exactly.
    const [after, speed] = [held.dataSync(), velocity.dataSync()];
    expect(after.every((value, i) => value === 1.875 * (i % 1024))).toBe(true);
    expect(speed.every((value, i) => value === 0.875 * (i % 1024))).toBe(true);
  });
});

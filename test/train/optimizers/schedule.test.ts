import { expect, it } from "vitest";
import type { JsonObject } from "../../../src/json.ts";
import { createOptimizer } from "../../../src/train/optimizers/optimizer.ts";
import { rateSchedule } from "../../../src/train/optimizers/schedule.ts";
import { optimizerSettings } from "../../../src/train/optimizers/settings.ts";

const STEPS = [0, 1, 3, 4, 6, 9, 25];

/** Rates of tf.keras 2.15 after so many steps. */
const SCHEDULES: readonly (readonly [string, JsonObject, readonly number[]])[] = [
  [
    "ExponentialDecay",
    { initial_learning_rate: 0.01, decay_steps: 3, decay_rate: 0.5, staircase: false },
    [0.01, 0.007937005, 0.005, 0.003968502, 0.0025, 0.00125, 3.100393e-5],
  ],
  [
    "ExponentialDecay",
    { initial_learning_rate: 0.05, decay_steps: 4, decay_rate: 0.9, staircase: true },
    [0.05, 0.05, 0.05, 0.045, 0.045, 0.0405, 0.02657205],
  ],
  [
    "InverseTimeDecay",
    { initial_learning_rate: 0.01, decay_steps: 3, decay_rate: 0.5, staircase: false },
    [0.01, 0.008571428, 0.006666666, 0.006, 0.005, 0.004, 0.001935484],
  ],
  [
    "PiecewiseConstantDecay",
    { boundaries: [3, 6], values: [0.05, 0.02, 0.01] },
    [0.05, 0.05, 0.05, 0.02, 0.02, 0.01, 0.01],
  ],
  [
    "PolynomialDecay",
    {
      initial_learning_rate: 0.01,
      decay_steps: 8,
      end_learning_rate: 0.001,
      power: 2.0,
      cycle: false,
    },
    [0.01, 0.007890625, 0.004515625, 0.00325, 0.0015625, 0.001, 0.001],
  ],
  [
    "PolynomialDecay",
    {
      initial_learning_rate: 0.01,
      decay_steps: 4,
      end_learning_rate: 0.0001,
      power: 1.0,
      cycle: true,
    },
    [0.01, 0.007525, 0.002575, 0.0001, 0.002575, 0.002575, 0.001160714],
  ],
  [
    "CosineDecay",
    {
      initial_learning_rate: 0.01,
      decay_steps: 8,
      alpha: 0.1,
      warmup_target: null,
      warmup_steps: 0,
    },
    [0.01, 0.009657457, 0.007222075, 0.0055, 0.00231802, 0.001, 0.001],
  ],
  [
    "CosineDecay",
    {
      initial_learning_rate: 0.0,
      decay_steps: 8,
      alpha: 0.0,
      warmup_target: 0.02,
      warmup_steps: 4,
    },
    [0.0, 0.005, 0.015, 0.02, 0.01707107, 0.006173165, 0.0],
  ],
  [
    "CosineDecayRestarts",
    { initial_learning_rate: 0.05, first_decay_steps: 3, t_mul: 2.0, m_mul: 1.0, alpha: 0.0 },
    [0.05, 0.0375, 0.05, 0.04665064, 0.025, 0.05, 0.04665064],
  ],
  [
    "CosineDecayRestarts",
    { initial_learning_rate: 0.05, first_decay_steps: 3, t_mul: 1.0, m_mul: 0.5, alpha: 0.1 },
    [0.05, 0.03875, 0.0275, 0.021875, 0.01625, 0.010625, 0.005131837],
  ],
];

it.each(SCHEDULES)("%s of %j gives Keras' rates", (className, config, rates) => {
  const schedule = rateSchedule(className, config);
  STEPS.forEach((step, index) => {
    expect(schedule?.(step)).toBeCloseTo(rates[index] ?? Number.NaN, 8);
  });
});

it("knows no schedule without its numbers, nor one of the user's own", () => {
  expect(rateSchedule("ExponentialDecay", { initial_learning_rate: 0.1 })).toBeUndefined();
  expect(rateSchedule("PiecewiseConstantDecay", { boundaries: [3], values: [1] })).toBeUndefined();
  expect(rateSchedule("Mine", {})).toBeUndefined();
});

it("is followed from step to step, until another rate is set", () => {
  const config = { initial_learning_rate: 0.5, decay_steps: 1, decay_rate: 0.5 };
  const stated = { learning_rate: { class_name: "ExponentialDecay", config } };
  const optimizer = createOptimizer(
    optimizerSettings({ name: "sgd", config: stated }, "3.0.0"),
    [1],
  );
  const weights = [Float32Array.of(0)];
  const step = (): number => {
    optimizer.step(weights, [Float32Array.of(-1)]);
    return weights[0]?.[0] ?? Number.NaN;
  };
  expect([step(), step(), step()]).toEqual([0.5, 0.75, 0.875]);
  optimizer.state.learningRate = 1;
  optimizer.state.scheduled = false;
  expect([step(), step()]).toEqual([1.875, 2.875]);
});

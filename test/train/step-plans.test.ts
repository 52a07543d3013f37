import { describe, expect, it } from "vitest";
import { planTraining } from "../../src/targets/tfjs/training/training-plan.ts";
import { optimizerSettings } from "../../src/train/optimizers/settings.ts";
import { stepPlans } from "../../src/train/step-plans.ts";
import { startOf } from "./runs.ts";

describe("the plans of a training step", () => {
  const graph = startOf("training", "adam");
  const settings = optimizerSettings({ name: "adam", config: {} }, graph.source.version);
  const plans = stepPlans(planTraining(graph), settings);
  const madeAgain = (samples: number): number =>
    plans.planFor(samples).steps.reduce((sum, { back }) => sum + (back?.again.length ?? 0), 0);

  it("make rectified normalisations again only where much would be kept", () => {
    expect(madeAgain(8)).toBe(0);
    expect(madeAgain(1_000_000)).toBeGreaterThan(0);
  });

  it("make more again the more would be kept, and are the same for all batches of a size", () => {
    const counts = Array.from({ length: 24 }, (_, power) => madeAgain(2 ** power));
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(plans.planFor(1_000_000)).toBe(plans.planFor(1_000_000));
  });

  it("need memory for each sample, and some for all", () => {
    const [one, two, three] = [1, 2, 3].map((samples) => plans.memoryOf(samples));
    const each = (two ?? 0) - (one ?? 0);
    expect((three ?? 0) - (two ?? 0)).toBeCloseTo(each, 3);
    expect(one).toBeGreaterThan(each);
  });
});

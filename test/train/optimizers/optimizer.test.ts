import { describe, expect, it } from "vitest";
import { sizeOf } from "../../../src/ir/tensor.ts";
import { createOptimizer, decayedRate } from "../../../src/train/optimizers/optimizer.ts";
import { optimizerSettings } from "../../../src/train/optimizers/settings.ts";
import { DIALECTS, floats, furthest, optimizerOf, referencesOf } from "./references.ts";

describe.each(DIALECTS)("optimizers of %s", (dialect) => {
  const references = referencesOf(dialect);
  const { start, gradients, cases } = references;

  it.each(cases.map((one) => [`${one.class_name} ${JSON.stringify(one.args)}`, one] as const))(
    "%s has Keras' weights and slots after five steps",
    (_, reference) => {
      const optimizer = optimizerOf(references, reference);
      expect(optimizer.settings.dialect).toBe(dialect);
      const weights = floats(start);
      for (const step of gradients) optimizer.step(weights, floats(step));
      expect(furthest(weights, reference.weights)).toBeLessThan(1e-6);
      const saved = reference.state_step5.filter(({ shape }) => sizeOf(shape) > 1);
      const ordered = saved.map(({ values }) => [...values].sort((a, b) => a - b).join());
      const slots = optimizer.state.slots.flat();
      expect(slots).toHaveLength(saved.length);
      for (const slot of slots) {
        const same = saved.some(
          ({ values }) => values.length === slot.length && furthest([slot], [values]) < 1e-6,
        );
        expect(same, `${[...slot]} among ${ordered.join(" ")}`).toBe(true);
      }
    },
  );
});

describe("an optimizer", () => {
  const stated = { name: "sgd", config: { learning_rate: 0.5, decay: 1 } };

  it("lowers its rate with the steps and lets callbacks set it", () => {
    const optimizer = createOptimizer(optimizerSettings(stated, "2.2.4"), [1]);
    optimizer.step([Float32Array.of(0)], [Float32Array.of(0)]);
    expect(decayedRate(optimizer.settings, optimizer.state)).toBe(0.25);
    optimizer.state.learningRate = 0.1;
    expect(decayedRate(optimizer.settings, optimizer.state)).toBe(Math.fround(0.1) / 2);
  });

  it("refuses arrays of other sizes than it was made for", () => {
    const optimizer = createOptimizer(optimizerSettings(stated, "2.2.4"), [2]);
    const [two, three] = [new Float32Array(2), new Float32Array(3)];
    expect(() => optimizer.step([two], [three])).toThrow(
      "Weight 0 and its gradient are not as long as the optimizer's state.",
    );
    expect(() => optimizer.step([two], [])).toThrow(
      "The optimizer was made for 1 weights, got 1 weights, 0 gradients.",
    );
  });

  it("lets a gradient that is not a number through, clipped or not", () => {
    const config = { learning_rate: 1, clipvalue: 0.1 };
    const optimizer = createOptimizer(optimizerSettings({ name: "sgd", config }, "2.2.4"), [2]);
    const weight = Float32Array.of(1, 1);
    optimizer.step([weight], [Float32Array.of(Number.NaN, 5)]);
    expect([...weight]).toEqual([Number.NaN, Math.fround(1 - Math.fround(0.1))]);
  });
});

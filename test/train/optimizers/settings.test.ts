import { describe, expect, it } from "vitest";
import { dialectOf } from "../../../src/train/optimizers/dialect.ts";
import { optimizerSettings } from "../../../src/train/optimizers/settings.ts";

describe("the dialect of an optimizer", () => {
  it.each([
    ["1.2.2", {}, "keras"],
    ["2.3.1", {}, "keras"],
    ["2.2.4-tf", {}, "tf-legacy"],
    ["2.10.0", {}, "tf-legacy"],
    ["2.15.0", { is_legacy_optimizer: true, decay: 0 }, "tf-legacy"],
    ["2.15.0", { is_legacy_optimizer: false, jit_compile: false, use_ema: false }, "tf"],
    ["2.21.0", { use_ema: false }, "tf"],
    ["3.15.1", { use_ema: false }, "keras-3"],
  ])("of Keras %s with %j is %s", (version, config, dialect) => {
    expect(dialectOf(version, config)).toBe(dialect);
  });
});

describe("the settings of an optimizer", () => {
  it("have the defaults of the generation", () => {
    const rates = ["2.2.4", "2.10.0", "3.15.1"].map(
      (version) =>
        optimizerSettings({ name: "adadelta", config: {} }, version).config.learning_rate,
    );
    expect(rates).toEqual([1, 0.001, 0.001]);
  });

  it("have a rate of its own for Lion in tf.keras", () => {
    const rates = ["2.15.0", "3.15.1"].map((version) => {
      const config = { is_legacy_optimizer: false, use_ema: false };
      return optimizerSettings({ name: "lion", config }, version).config;
    });
    expect(rates.map(({ learning_rate: rate }) => rate)).toEqual([1e-4, 1e-3]);
    expect(rates.map(({ beta_2: beta }) => beta)).toEqual([0.99, 0.99]);
  });

  it("take null for the default", () => {
    const config = { epsilon: null, clipnorm: null };
    const { epsilon, clipnorm } = optimizerSettings({ name: "adam", config }, "2.2.4").config;
    expect([epsilon, clipnorm]).toEqual([1e-7, 0]);
  });

  it("refuse an optimizer that is not known", () => {
    expect(() => optimizerSettings({ name: "adafactor", config: {} }, "3.15.1")).toThrow(
      'The optimizer "adafactor" is not known here.',
    );
  });

  it("refuse a schedule of the user's own", () => {
    const config = { learning_rate: { class_name: "Mine" } };
    expect(() => optimizerSettings({ name: "adam", config }, "3.15.1")).toThrow(
      'The schedule "Mine" of the learning rate is not known here.',
    );
  });

  it.each([
    ["2.10.0", { is_legacy_optimizer: true }, [false, 1]],
    ["2.15.0", { is_legacy_optimizer: false }, [true, 1]],
    ["3.15.1", {}, [true, 4]],
  ])("know averages of weights and gradients that wait where %s does", (version, kind, known) => {
    const config = { use_ema: true, gradient_accumulation_steps: 4, ...kind };
    const { config: own } = optimizerSettings({ name: "adam", config }, version);
    expect([own.use_ema, own.gradient_accumulation_steps]).toEqual(known);
  });

  it.each([2.5, -1, 1e300])("refuse %d steps", (steps) => {
    const config = { use_ema: true, ema_overwrite_frequency: steps };
    expect(() => optimizerSettings({ name: "adam", config }, "3.15.1")).toThrow(
      `The optimizer's ema_overwrite_frequency is ${steps}, expected a number of steps.`,
    );
  });
});

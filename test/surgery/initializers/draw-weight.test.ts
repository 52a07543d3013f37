import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readFloat64, type WeightRef } from "../../../src/ir/tensor.ts";
import type { Json } from "../../../src/json.ts";
import type { Dialect } from "../../../src/sources/keras/layer-spec.ts";
import { drawWeight } from "../../../src/surgery/initializers/draw-weight.ts";
import { parseInitializer } from "../../../src/surgery/initializers/parse-initializer.ts";
import { FIXTURES } from "../../cases.ts";

/** What `fixtures/generators/initializers.py` notes of many draws. */
interface Draws {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly quantiles: readonly number[];
  readonly count: number;
}

const references: Readonly<
  Record<string, readonly { readonly config: Json; readonly draws: readonly Draws[] }[]>
> = JSON.parse(readFileSync(join(FIXTURES, "surgery/initializers.json"), "utf8"));

const KERAS1: Dialect = { generation: 1, version: "1.2.2", backend: "tensorflow" };
const TF: Dialect = { generation: "tf", version: "2.15.0", backend: "tensorflow" };
const DIALECTS: Readonly<Record<string, Dialect>> = {
  "keras-2.2.4": { generation: 2, version: "2.2.4", backend: "tensorflow" },
  "keras-2.15.0": TF,
  "keras-3.15.1": { generation: 3, version: "3.15.1", backend: "tensorflow" },
};

const cases = Object.entries(references).flatMap(([writer, entries]) =>
  entries.flatMap(({ config, draws }) =>
    draws.map((draw) => ({ writer, config, draw, name: `${writer} ${JSON.stringify(config)}` })),
  ),
);

function initial(stated: Json, shape: readonly number[], dialect = TF, seed = 7): WeightRef {
  const distribution = parseInitializer(stated, { shape, dialect, at: {} });
  return drawWeight(shape, distribution, { seed, name: "layer/kernel" });
}

describe("an initializer", () => {
  it.each(cases)("spreads numbers as Keras does: $name", ({ writer, config, draw }) => {
    const numbers = readFloat64(initial(config, draw.shape, DIALECTS[writer])).toSorted();
    const count = numbers.length;
    const mean = numbers.reduce((sum, value) => sum + value, 0) / count;
    const std = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
    // Both sides draw: five of their standard errors.
    const error = 5 * draw.std * Math.sqrt(1 / count + 1 / draw.count) + 1e-6;
    expect(Math.abs(mean - draw.mean)).toBeLessThan(error);
    expect(Math.abs(std - draw.std)).toBeLessThan(error);
    [0.05, 0.25, 0.5, 0.75, 0.95].forEach((share, index) => {
      const quantile = numbers[Math.floor(share * (count - 1))] ?? Number.NaN;
      expect(Math.abs(quantile - (draw.quantiles[index] ?? Number.NaN))).toBeLessThan(2.2 * error);
    });
    const bounded = draw.max - draw.mean < 2.4 * draw.std;
    const slack = (bounded ? 0.01 : 2) * draw.std + 1e-6;
    expect(Math.abs((numbers[0] ?? 0) - draw.min)).toBeLessThan(slack);
    expect(Math.abs((numbers.at(-1) ?? 0) - draw.max)).toBeLessThan(slack);
  });

  it.each([[[40, 90]], [[90, 40]], [[3, 3, 8, 16]]])(
    "gives orthogonal rows or columns for %j",
    (shape) => {
      const numbers = readFloat64(
        initial({ class_name: "Orthogonal", config: { gain: 2 } }, shape),
      );
      const columns = shape.at(-1) ?? 0;
      const rows = numbers.length / columns;
      const wide = rows < columns;
      const vector = (index: number): readonly number[] =>
        Array.from({ length: wide ? columns : rows }, (_, at) =>
          wide ? (numbers[index * columns + at] ?? 0) : (numbers[at * columns + index] ?? 0),
        );
      const dot = (a: number, b: number): number =>
        vector(a).reduce((sum, value, at) => sum + value * (vector(b)[at] ?? 0), 0);
      expect(dot(0, 0)).toBeCloseTo(4, 12);
      expect(dot(3, 3)).toBeCloseTo(4, 12);
      expect(dot(0, 3)).toBeCloseTo(0, 12);
      expect(dot(1, 7)).toBeCloseTo(0, 12);
    },
  );

  it("gives equal numbers for equal seeds and names, wherever reading begins", () => {
    const whole = new Float32Array(100);
    const part = new Float32Array(10);
    initial("glorot_uniform", [10, 10]).readInto(whole, 0);
    initial("glorot_uniform", [10, 10]).readInto(part, 37);
    expect(part).toEqual(whole.subarray(37, 47));
  });

  it("gives other numbers for another seed", () => {
    const first = readFloat64(initial("he_normal", [4, 4]));
    expect(readFloat64(initial("he_normal", [4, 4], TF, 8))).not.toEqual(first);
  });

  it("draws what lies far out in Keras 1, and more of it", () => {
    const numbers = readFloat64(initial("he_normal", [100, 300], KERAS1));
    const deviation = Math.sqrt(2 / 100);
    expect(Math.max(...numbers)).toBeGreaterThan(3 * deviation);
  });

  it("does not make up for what is cut off before Keras 2.2", () => {
    const stated = {
      class_name: "VarianceScaling",
      config: { scale: 1, mode: "fan_in", distribution: "normal" },
    };
    const at = (version: string) =>
      parseInitializer(stated, {
        shape: [100, 10],
        dialect: { generation: 2, version, backend: "" },
        at: {},
      });
    expect(at("2.1.6")).toEqual({ kind: "truncated", mean: 0, deviation: 0.1 });
    expect(at("2.2.0")).toEqual({
      kind: "truncated",
      mean: 0,
      deviation: 0.1 / 0.8796256610342398,
    });
  });

  it("takes the numbers of a constant one by one", () => {
    const stated = {
      class_name: "Constant",
      config: {
        value: [
          [1, 2],
          [3, 4],
        ],
      },
    };
    expect([...readFloat64(initial(stated, [2, 2]))]).toEqual([1, 2, 3, 4]);
  });

  it("refuses one that is not Keras' own", () => {
    expect(() => initial({ class_name: "Custom>Mine", config: {} }, [2])).toThrow(
      'The initializer "Custom>Mine" is not one of Keras\' own.',
    );
  });

  it("refuses an orthogonal vector", () => {
    expect(() => initial("orthogonal", [2])).toThrow(
      "An orthogonal initializer needs a weight of two axes or more.",
    );
  });
});

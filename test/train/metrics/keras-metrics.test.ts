import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import { snakeCase } from "../../../src/sources/keras/parse-model.ts";
import { createAverages, type MeasuredStep } from "../../../src/train/metrics/averages.ts";
import { metricsOf } from "../../../src/train/metrics/resolve-metrics.ts";
import { startOf } from "../runs.ts";

interface Batch {
  readonly shape: readonly [number, number];
  readonly output: readonly number[];
  readonly target: readonly number[];
}

interface Reference {
  readonly keras: string;
  readonly data: Readonly<Record<string, readonly Batch[]>>;
  readonly cases: readonly {
    readonly data: string;
    readonly class: string;
    readonly config: Readonly<Record<string, number | string | boolean | readonly number[]>>;
    readonly name: string;
    readonly values: readonly number[];
  }[];
}

function reference(name: string): Reference {
  const path = new URL(`../../../fixtures/metrics/${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(path)).toString());
}

const LOSSES: Readonly<Record<string, string>> = {
  sparse: "sparse_categorical_crossentropy",
  categorical: "categorical_crossentropy",
  regression: "mean_squared_error",
};

/** A model with so many outputs that was compiled with one metric. */
function model(
  version: string,
  { data, class: className, config, name }: Reference["cases"][number],
  classes: number,
): Graph {
  const graph = startOf("training", "sgd");
  const [{ value } = { value: "" }] = graph.outputs;
  return {
    ...graph,
    // Numbers alone: behind a softmax Keras would take the logits instead.
    nodes: [],
    types: new Map([...graph.types, [value, { dtype: "float32", shape: [null, classes] }]]),
    source: { ...graph.source, version },
    training: {
      losses: [LOSSES[data] ?? "binary_crossentropy"],
      metrics: [name],
      metricSettings: [{ name, kind: snakeCase(className), config }],
      optimizer: { name: "sgd", config: {} },
    },
  };
}

function stepOf({ shape, output, target }: Batch, loss: number): MeasuredStep {
  const [outputs, targets] = [[Float32Array.from(output)], [Float32Array.from(target)]];
  return { samples: shape[0], loss, outputs, targets };
}

describe.each(["tf", "keras-3"])("metrics over several batches in the dialect of %s", (dialect) => {
  const { keras, data, cases } = reference(dialect);
  it.each(cases.map((one) => [one.data, one.class, JSON.stringify(one.config), one] as const))(
    "%s %s %s",
    (_data, _class, _config, testCase) => {
      const batches = data[testCase.data] ?? [];
      const { metrics } = metricsOf(model(keras, testCase, batches[0]?.shape[1] ?? 1));
      const averages = createAverages({ metrics, version: keras });
      const values = batches.map(({ shape, output, target }) => {
        averages.add(stepOf({ shape, output, target }, 0));
        return averages.means()[testCase.name] ?? Number.NaN;
      });
      expect(values).toHaveLength(3);
      values.forEach((value, index) => {
        const expected = testCase.values[index] ?? Number.NaN;
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(
          1e-5 * Math.max(1, Math.abs(expected)),
        );
      });
    },
  );

  it("go on from a saved state as if nothing had happened", () => {
    for (const testCase of cases.filter(({ data: kind }) => kind === "categorical")) {
      const batches = data.categorical ?? [];
      const { metrics } = metricsOf(model(keras, testCase, 4));
      let averages = createAverages({ metrics, version: keras });
      for (const { shape, output, target } of batches) {
        const state = JSON.parse(JSON.stringify(averages.state));
        averages = createAverages({ metrics, version: keras, saved: state });
        averages.add(stepOf({ shape, output, target }, 0.5));
      }
      const expected = testCase.values.at(-1) ?? Number.NaN;
      const value = averages.means()[testCase.name] ?? Number.NaN;
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(
        1e-5 * Math.max(1, Math.abs(expected)),
      );
      expect(averages.means().loss).toBe(0.5);
    }
  });
});

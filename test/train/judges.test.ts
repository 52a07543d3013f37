import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { bytesSource } from "../../src/formats/bytes.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { fitModel } from "../../src/train/fit.ts";
import { judgesOf } from "../../src/train/judges.ts";
import { metricsOf } from "../../src/train/metrics/resolve-metrics.ts";
import type { RunSnapshot } from "../../src/train/snapshot.ts";
import { createTrainer } from "../../src/train/trainer.ts";
import type { TrainingData } from "../../src/train/training-data.ts";
import { activateBackend, BACKENDS } from "../targets/tfjs/backends.ts";

interface Runs {
  readonly inputs: number[];
  readonly targets: readonly [main: number[], aux: number[]];
  readonly runs: Readonly<
    Record<
      string,
      {
        readonly history: Readonly<Record<string, number[]>>;
        readonly weights: readonly number[][];
      }
    >
  >;
}

/** What Keras wrote: `fixtures/generators/several_outputs.py`. */
function unpacked(path: string): Buffer {
  return gunzipSync(readFileSync(new URL(`../../fixtures/losses/${path}.gz`, import.meta.url)));
}

function modelOf(dialect: string, name: string): Graph {
  const ending = dialect === "keras-3" ? "keras" : "h5";
  const bytes = unpacked(`outputs-${dialect}/${name}.${ending}`);
  return readKeras(bytesSource(bytes, `${name}.${ending}`)).graph;
}

/** The first so many samples, four in a batch. */
function dataOf({ inputs, targets: [main, aux] }: Runs, samples: number): TrainingData {
  return {
    samples,
    batchSize: 4,
    batches: Math.ceil(samples / 4),
    augmented: false,
    faults: [],
    async *epoch(_epoch, first = 0) {
      for (let number = first; number < Math.ceil(samples / 4); number++) {
        const [start, end] = [number * 4, Math.min(number * 4 + 4, samples)];
        const part = (values: number[], width: number): Float32Array =>
          Float32Array.from(values.slice(start * width, end * width));
        const target = part(main, 3);
        yield {
          inputs: [{ shape: [end - start, 3], data: part(inputs, 3) }],
          target,
          targets: [target, part(aux, 2)],
          number,
          samples: Array.from({ length: end - start }, (_, index) => start + index),
        };
      }
    },
    close: async () => {},
  };
}

const RUNS = (["keras", "tf", "keras-3"] as const).flatMap((dialect) => {
  const all: Runs = JSON.parse(unpacked(`outputs-${dialect}/runs.json`).toString());
  return Object.entries(all.runs).map(([name, run]) => [dialect, name, run, all] as const);
});

const random = () => (count: number) => new Float32Array(count);

beforeAll(() => activateBackend(BACKENDS[0] ?? ""));

describe("a model with two outputs", () => {
  it.each(RUNS)(
    "in the dialect of %s, losses by %s, has Keras' history and weights",
    async (dialect, name, run, all) => {
      const trainer = createTrainer(modelOf(dialect, name), { random });
      const { metrics, unknown } = metricsOf(trainer.graph);
      expect(unknown).toEqual([]);
      const { history } = await fitModel(trainer, dataOf(all, 10), {
        epochs: 2,
        validation: dataOf(all, 5),
        metrics,
      });
      expect(Object.keys(history).sort()).toEqual(Object.keys(run.history).sort());
      for (const [key, expected] of Object.entries(run.history)) {
        history[key]?.forEach((value, epoch) => {
          const wanted = expected[epoch] ?? Number.NaN;
          expect(Math.abs(value - wanted), key).toBeLessThan(1e-5 * Math.max(1, Math.abs(wanted)));
        });
      }
      trainer.weights.forEach(({ ref, name: own }, index) => {
        const expected = run.weights[index] ?? [];
        trainer.valuesOf(ref).forEach((value, at) => {
          expect(Math.abs(value - (expected[at] ?? Number.NaN)), own).toBeLessThan(1e-5);
        });
      });
      trainer.dispose();
    },
  );

  const [, , , all] = RUNS[0] ?? [];

  it("is taught the one target for all where there is no other", async () => {
    const graph = modelOf("keras", "list");
    const training = graph.training && {
      ...graph.training,
      losses: ["categorical_crossentropy", ""],
    };
    const trainer = createTrainer(graph, {
      random,
      ...(training === undefined ? {} : { training }),
    });
    const inputs = [{ shape: [1, 3], data: Float32Array.of(1, 2, 3) }];
    const { losses, outputs } = await trainer.step({ inputs, target: Float32Array.of(0, 1, 0) });
    expect(Object.keys(losses)).toEqual(["main_loss"]);
    expect(outputs.map(({ length }) => length)).toEqual([3, 2]);
  });

  it("refuses another number of targets, and targets of another size", async () => {
    const trainer = createTrainer(modelOf("keras", "list"), { random });
    const inputs = [{ shape: [1, 3], data: Float32Array.of(1, 2, 3) }];
    const target = Float32Array.of(0, 1, 0);
    await expect(trainer.step({ inputs, target, targets: [target] })).rejects.toThrow(
      "The model has 2 outputs, the batch 1 targets.",
    );
    await expect(trainer.step({ inputs, target })).rejects.toThrow(
      "The targets of a batch are 3 numbers; mean_squared_error wants one number for each of the output of (1, 2): 2.",
    );
  });

  it("goes on from an interrupted epoch with all its losses", async () => {
    if (all === undefined) return;
    const graph = modelOf("keras", "dict");
    const { metrics } = metricsOf(graph);
    const whole = await fitModel(createTrainer(graph, { random }), dataOf(all, 10), {
      epochs: 2,
      metrics,
    });
    const abort = new AbortController();
    const saved: RunSnapshot[] = [];
    let batches = 0;
    await fitModel(createTrainer(graph, { random }), dataOf(all, 10), {
      epochs: 2,
      metrics,
      signal: abort.signal,
      callbacks: [{ onBatchEnd: () => (++batches === 5 ? abort.abort() : undefined) }],
      backup: { save: async (snapshot) => void saved.push(snapshot) },
    });
    const last = saved.at(-1);
    const resumed = await fitModel(createTrainer(graph, { random }), dataOf(all, 10), {
      epochs: 2,
      metrics,
      ...(last === undefined ? {} : { resume: last }),
    });
    expect(resumed).toEqual(whole);
  });
});

describe("the judges of a model", () => {
  const graph = modelOf("keras-3", "list");
  const training = { losses: ["mse"], metrics: [], optimizer: { name: "sgd", config: {} } };

  it("have one loss for all where one is stated", () => {
    const judges = judgesOf(graph, training);
    expect(judges.map(({ way, logged }) => [way.name, logged])).toEqual([
      ["mean_squared_error", "main_loss"],
      ["mean_squared_error", "aux_loss"],
    ]);
  });

  it("refuse another number of losses, and none at all", () => {
    expect(() => judgesOf(graph, { ...training, losses: ["mse", "mae", "mse"] })).toThrow(
      "The model has 2 outputs, but 3 losses.",
    );
    expect(() => judgesOf(graph, { ...training, losses: ["", ""] })).toThrow(
      "No output of the model has a loss.",
    );
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Graph } from "../../src/ir/graph.ts";
import type { WeightRef } from "../../src/ir/tensor.ts";
import type { JsonObject } from "../../src/json.ts";
import { architectureDialect } from "../../src/sources/keras/dialect.ts";
import { initialiseModel } from "../../src/surgery/initialise.ts";
import type { Batch } from "../../src/train/batch.ts";
import { createTrainer, type Trainer } from "../../src/train/trainer.ts";
import { FIXTURES } from "../cases.ts";

/** What Keras made of a model: `fixtures/generators/recurrent_steps.py`. */
export interface RecurrentRun {
  readonly name: string;
  readonly model: JsonObject;
  /** Of each step, or of what else was done. */
  readonly losses: readonly number[];
  /** Of an evaluation after them, where layers drop. */
  readonly after: number;
  /** A sum of each weight, see `sumOf`. */
  readonly weights: readonly number[];
}

/** All runs of a Keras. */
export function recurrentRuns(file: string): {
  readonly version: string;
  readonly cases: readonly RecurrentRun[];
  /** What was done with layers that keep their states. */
  readonly acts?: readonly ("step" | "evaluate" | "reset")[];
} {
  const bytes = readFileSync(join(FIXTURES, "recurrent", `${file}.json.gz`));
  return JSON.parse(gunzipSync(bytes).toString());
}

/** The same numbers that the generator computes, from 0 up to 1. */
export function numbers(count: number, salt: number, start = 0): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, i) => (((start + i) * 7919 + salt * 104729) % 65536) / 65536,
  );
}

/** Begins a run as Keras did. */
export function startRun({ model }: RecurrentRun, version: string): Trainer {
  const { generation, backend } = architectureDialect(model);
  const { graph } = initialiseModel(model, { dialect: { generation, version, backend } }).trace;
  if (graph === undefined) throw new Error("The model is not whole.");
  const trainer = createTrainer(
    { ...graph, source: { ...graph.source, version } },
    {
      random: (batch) => {
        let drawn = 0;
        return (count) => {
          const own = Float32Array.from(numbers(count, 1000 + batch, drawn));
          drawn += count;
          return own;
        };
      },
      training: {
        losses: ["mse"],
        metrics: [],
        optimizer: { name: "sgd", config: { learning_rate: 0.125 } },
      },
    },
  );
  let start = 0;
  for (const ref of weightsIn(graph)) {
    const size = ref.shape.reduce((total, one) => total * one, 1);
    const values = numbers(size, 7, start).map((one) => one - 0.5);
    trainer.setValues(ref, Float32Array.from(values));
    start += size;
  }
  return trainer;
}

/** The batch of a step, from 0. */
export function recurrentBatch({ inputs, types }: Graph, step: number): Batch {
  const [, ...shape] = types.get(inputs[0]?.value ?? "")?.shape ?? [];
  const whole = [SAMPLES, ...shape.map((one) => one ?? 1)];
  const size = whole.reduce((total, one) => total * one, 1);
  const data = Float32Array.from(numbers(size, 100 + step), (one) => one * 4 - 2);
  const target = Float32Array.from(numbers(SAMPLES * 2, 200 + step), (one) => one * 2 - 1);
  return { inputs: [{ shape: whole, data }], target };
}

const SAMPLES = 4;

/** The sums of all weights, in Keras' order. */
export function sumsOf(trainer: Trainer): readonly number[] {
  return weightsIn(trainer.graph).map((ref) => {
    const values = trainer.valuesOf(ref);
    const factors = numbers(values.length, 9);
    return values.reduce((sum, one, i) => sum + one * ((factors[i] ?? 0) - 0.5), 0);
  });
}

function weightsIn({ nodes }: Graph): readonly WeightRef[] {
  return nodes.flatMap(({ op }) =>
    Object.values<WeightRef | undefined>(op.weights).flatMap((ref) => ref ?? []),
  );
}

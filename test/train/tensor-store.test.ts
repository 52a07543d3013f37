import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../src/ir/graph.ts";
import { sizeOf } from "../../src/ir/tensor.ts";
import { planTraining } from "../../src/targets/tfjs/training/training-plan.ts";
import { arrayStore } from "../../src/train/array-store.ts";
import type { OptimizerDialect } from "../../src/train/optimizers/dialect.ts";
import { type OptimizerSettings, optimizerSettings } from "../../src/train/optimizers/settings.ts";
import { tensorStore } from "../../src/train/tensor-store.ts";
import type { WeightStore } from "../../src/train/weight-store.ts";
import { ARITHMETIC } from "./plain-arithmetic.ts";
import { startOf } from "./runs.ts";

const DIALECTS: readonly OptimizerDialect[] = ["keras", "tf-legacy", "tf", "keras-3"];

const OPTIMIZERS = [
  ["sgd", {}],
  ["sgd", { momentum: 0.9 }],
  ["sgd", { momentum: 0.9, nesterov: true, decay: 0.1 }],
  ["sgd", { clipnorm: 0.5 }],
  ["sgd", { clipvalue: 0.2 }],
  ["sgd", { global_clipnorm: 0.7 }],
  ["sgd", { clipnorm: 0.5, clipvalue: 0.1 }],
  ["adam", {}],
  ["adam", { amsgrad: true, epsilon: 1e-3 }],
  ["adamw", { weight_decay: 0.01 }],
  ["rmsprop", {}],
  ["rmsprop", { momentum: 0.5, centered: true }],
] as const;

const CASES = OPTIMIZERS.flatMap(([name, config]) =>
  DIALECTS.map((dialect) => [name, dialect, JSON.stringify(config), config] as const),
);

describe("weights in tensors", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });

  it.each(CASES)("take the steps of %s in the dialect %s, %s, as arrays do", async (...given) => {
    const [name, dialect, , config] = given;
    const known = optimizerSettings({ name, config: { learning_rate: 0.05, ...config } }, "3.0.0");
    const settings: OptimizerSettings = { ...known, dialect };
    const graph = startOf("training", "adam_l2");
    const [arrays, tensors] = storesOf(graph, settings);
    for (const step of [1, 2, 3]) {
      for (const store of [arrays, tensors]) {
        await collect(store, graph, step, 8);
        store.update();
      }
    }
    expectEqual(tensors, arrays, graph);
    expect(apart(tensors.penalty(), arrays.penalty())).toBeLessThan(1e-6);
    expect(arrays.penalty()).toBeGreaterThan(0);
  });

  it("take the mean of gradients over all samples, as arrays do", async () => {
    const graph = startOf("training", "adam_l2");
    const stores = storesOf(graph, optimizerSettings({ name: "sgd", config: {} }, "2.2.4"));
    for (const store of stores) {
      await collect(store, graph, 1, 3);
      await collect(store, graph, 2, 5);
      store.update();
    }
    expectEqual(stores[1], stores[0], graph);
  });

  it("hold weights to their constraints after each step, as arrays do", async () => {
    const plain = startOf("training", "adam_l2");
    const rule = { kind: "norm", least: 0, most: 0.1, rate: 1, axes: [0] } as const;
    const [first] = planTraining(plain).weights;
    const weights = first === undefined ? [] : [{ layer: "", weight: first.ref, rule }];
    const graph: Graph = { ...plain, constraints: { weights, others: [] } };
    const stores = storesOf(graph, optimizerSettings({ name: "sgd", config: {} }, "2.2.4"));
    for (const store of stores) {
      await collect(store, graph, 1, 8);
      store.update();
    }
    expectEqual(stores[1], stores[0], graph);
    const values = (first && stores[0].valuesOf(first.ref)) ?? new Float32Array(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(0.1);
  });

  it("refuse constraints that are not known", () => {
    const plain = startOf("training", "adam_l2");
    const other = { code: "unsupported", text: "Its kernel_constraint is not known." } as const;
    const graph: Graph = { ...plain, constraints: { weights: [], others: [other] } };
    const settings = optimizerSettings({ name: "sgd", config: {} }, "2.2.4");
    expect(() => storesOf(graph, settings)).toThrow("Its kernel_constraint is not known.");
  });

  it("go on from an optimizer that was saved, and give everything back", async () => {
    const graph = startOf("training", "adam_l2");
    const settings = optimizerSettings({ name: "adam", config: {} }, "2.2.4");
    const before = tf.memory().numTensors;
    const [arrays, tensors] = storesOf(graph, settings);
    await collect(arrays, graph, 1, 8);
    arrays.update();
    tensors.replaceOptimizer(arrays.readOptimizer());
    expect(tensors.counters.iterations).toBe(1);
    const slots = (store: WeightStore) => store.readOptimizer().state.slots;
    expect(slots(tensors)).toEqual(slots(arrays));
    tensors.dispose();
    arrays.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("take other numbers for a weight", () => {
    const graph = startOf("training", "sgd_l2_frozen");
    const settings = optimizerSettings({ name: "sgd", config: {} }, "2.2.4");
    const [arrays, tensors] = storesOf(graph, settings);
    const before = tensors.penalty();
    for (const { weight } of graph.penalties?.weights ?? []) {
      const values = new Float32Array(sizeOf(weight.shape)).fill(2);
      for (const store of [arrays, tensors]) store.setValues(weight, values);
      expect(tensors.valuesOf(weight)).toEqual(values);
    }
    expect(tensors.penalty()).toBeGreaterThan(before);
    expect(apart(tensors.penalty(), arrays.penalty())).toBeLessThan(1e-6);
  });

  it("leave optimizers that are rarely used to arrays", () => {
    const plan = planTraining(startOf("training", "sgd"));
    const settings = optimizerSettings({ name: "nadam", config: {} }, "2.2.4");
    expect(tensorStore(plan, settings, ARITHMETIC)).toBeUndefined();
  });
});

function storesOf(graph: Graph, settings: OptimizerSettings): readonly [WeightStore, WeightStore] {
  const plan = planTraining(graph);
  const tensors = tensorStore(plan, settings, ARITHMETIC);
  if (tensors === undefined) throw new Error("There is no rule.");
  return [arrayStore(plan, settings), tensors];
}

/** Gradients that differ from step to step, one of them missing. */
async function collect(
  store: WeightStore,
  graph: Graph,
  step: number,
  samples: number,
): Promise<void> {
  const { weights } = planTraining(graph);
  const gradients = weights.slice(1).map(({ ref }, index) => {
    const values = Float32Array.from({ length: sizeOf(ref.shape) }, (_, i) =>
      Math.sin(step * 7.3 + index * 1.7 + i),
    );
    return [ref.id, tf.tensor(values, [...ref.shape])] as const;
  });
  await store.collect(new Map(gradients), samples);
  for (const [, gradient] of gradients) gradient.dispose();
}

function expectEqual(found: WeightStore, expected: WeightStore, graph: Graph): void {
  expect(found.counters.iterations).toBe(expected.counters.iterations);
  const { weights } = planTraining(graph);
  const [own, wanted] = [found, expected].map((store) => store.readOptimizer().state.slots);
  weights.forEach(({ ref, name }, index) => {
    const pairs = [
      [found.valuesOf(ref), expected.valuesOf(ref)],
      ...(wanted?.[index] ?? []).map((slot, at) => [own?.[index]?.[at], slot]),
    ];
    for (const [values, others] of pairs) {
      expect(values).toHaveLength(others?.length ?? -1);
      values?.forEach((value, i) => {
        expect(Math.abs(value - (others?.[i] ?? Number.NaN)), name).toBeLessThan(1e-6);
      });
    }
  });
}

function apart(found: number, expected: number): number {
  return Math.abs(found - expected) / expected;
}

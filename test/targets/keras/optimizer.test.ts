import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import type { TrainingSetup } from "../../../src/ir/graph.ts";
import { sizeOf, type WeightRef } from "../../../src/ir/tensor.ts";
import { readOptimizerState } from "../../../src/sources/keras/optimizer-state.ts";
import { openTraced, type TracedModel } from "../../../src/sources/keras/traced-model.ts";
import { savedOptimizer, type TrainedModel, writeKeras } from "../../../src/targets/keras/index.ts";
import { planTraining } from "../../../src/targets/tfjs/training/training-plan.ts";
import { createOptimizer } from "../../../src/train/optimizers/optimizer.ts";
import { optimizerSettings } from "../../../src/train/optimizers/settings.ts";
import { type StateArray, saveState } from "../../../src/train/optimizers/state.ts";
import { FIXTURES } from "../../cases.ts";

/** Runs that were saved after three steps. */
const RUNS = ["training", "training_tf215"].flatMap((suite) =>
  readdirSync(join(FIXTURES, suite)).flatMap((run) => {
    const folder = join(FIXTURES, suite, run);
    const file = run.includes(".")
      ? undefined
      : readdirSync(folder).find((name) => name.startsWith("model_step3"));
    return file === undefined ? [] : [[`${suite}/${run}`, join(folder, file)] as const];
  }),
);

function opened(path: string): TracedModel {
  return openTraced(bytesSource(gunzipSync(readFileSync(path)), path.replace(/\.gz$/, "")), {});
}

function stateOf({ archive }: TracedModel): readonly StateArray[] {
  return readOptimizerState(archive.optimizer).map(({ name, shape, dtype, count, dataset }) => {
    const values = new Float64Array(count);
    dataset.readInto(values, 0);
    return { name, shape, dtype: dtype === "int64" ? "int64" : "float32", values };
  });
}

function again(traced: TracedModel, trained?: TrainedModel): TracedModel {
  const container = traced.archive.container === ".keras" ? ".keras" : ".h5";
  const { file } = writeKeras(traced, { container, ...(trained && { trained }) });
  return openTraced(bytesSource(collectBytes(file), `again${container}`), {});
}

/** So that nothing is copied from its file. */
function edited(traced: TracedModel): TracedModel {
  const { archive } = traced;
  return { ...traced, archive: { ...archive, model: { ...archive.model } } };
}

const SETUP: TrainingSetup = {
  losses: ["mean_squared_error"],
  metrics: ["accuracy"],
  optimizer: { name: "sgd", config: { learning_rate: 0.25, momentum: 0.5 } },
};

describe("how a model was trained", () => {
  test.each([
    ["training/adam", "model_step3.hdf5.gz"],
    ["training_tf215/adam", "model_step3.h5.gz"],
  ])("is what a run says of it: %s", (run, file) => {
    const before = opened(join(FIXTURES, run, file));
    const after = again(before, { values: new Map(), setup: SETUP, learningRate: 0.125 });
    const { optimizer, ...rest } = after.trace.graph?.training ?? {};
    expect(rest).toEqual({ losses: SETUP.losses, metrics: SETUP.metrics });
    expect([optimizer?.name, optimizer?.config]).toEqual([
      "sgd",
      expect.objectContaining({ learning_rate: 0.125, momentum: 0.5 }),
    ]);
    expect(stateOf(after)).toEqual([]);
  });

  test("has the rate at the end of the run, and else is as it was", () => {
    const before = opened(join(FIXTURES, "training/adam/model_step3.hdf5.gz"));
    const { training } = again(before, { values: new Map(), learningRate: 0.5 }).archive;
    const stated = JSON.stringify(before.archive.training);
    expect(JSON.stringify(training)).toBe(stated.replace(/"lr":[^,}]+/, '"lr":0.5'));
  });
});

describe("the state of an optimizer", () => {
  test.each(RUNS)("is laid out as its Keras laid it out, under the same names: %s", (_, path) => {
    const before = opened(path);
    expect(stateOf(again(edited(before)))).toEqual(stateOf(before));
  });

  test.each(RUNS)("takes the arrays of a trainer, weight by weight: %s", (_, path) => {
    const before = opened(path);
    const weights = trainedWeights(before);
    const optimizer = stateOf(before).map((array) => ({
      ...array,
      values: array.values.map((value) => Math.fround(value * 3)),
    }));
    const after = again(before, { values: new Map(), optimizer, weights });
    expect(stateOf(after)).toEqual(optimizer);
  });

  test.each(RUNS)("is given to a trainer as the file has it: %s", (_, path) => {
    const traced = opened(path);
    const given = savedOptimizer(traced, trainedWeights(traced));
    expect(valuesOf(given)).toEqual(valuesOf(stateOf(traced)));
  });

  test.each([
    "k200_theano_first/model.hdf5",
    "k224_theano/model.hdf5",
    "k224_theano_channels_first/model.hdf5",
    "k122_theano_th/model.hdf5",
  ])("comes back through files whose kernels are turned around: %s", (path) => {
    const name = join(FIXTURES, "generations", path);
    const traced = openTraced(bytesSource(readFileSync(name), name), { backend: "theano" });
    const weights = trainedWeights(traced);
    const setup = { ...SETUP, optimizer: { name: "adam", config: { learning_rate: 0.25 } } };
    const settings = optimizerSettings(setup.optimizer, traced.archive.dialect.version);
    const sizes = weights.map(({ shape }) => sizeOf(shape));
    const optimizer = createOptimizer(settings, sizes);
    for (const [at, slot] of optimizer.state.slots.flat().entries()) {
      for (const i of slot.keys()) slot[i] = at + i / 64;
    }
    const version = traced.archive.dialect.version;
    const owner = { version, weights: weights.map(({ id, shape }) => ({ name: id, shape })) };
    const arrays = saveState(optimizer, owner);
    const after = again(traced, { values: new Map(), setup, optimizer: arrays, weights });
    expect(valuesOf(stateOf(after))).not.toEqual(valuesOf(arrays));
    expect(valuesOf(savedOptimizer(after, trainedWeights(after)))).toEqual(valuesOf(arrays));
  });
});

function trainedWeights({ trace }: TracedModel): readonly WeightRef[] {
  if (trace.graph === undefined) throw new Error("no graph");
  return planTraining(trace.graph).weights.map(({ ref }) => ref);
}

function valuesOf(arrays: ReturnType<typeof savedOptimizer>): unknown {
  return typeof arrays === "string" ? arrays : arrays?.map(({ values }) => [...values]);
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import type { TrainingSetup } from "../../../src/ir/graph.ts";
import { readOptimizerState } from "../../../src/sources/keras/optimizer-state.ts";
import { openTraced, type TracedModel } from "../../../src/sources/keras/traced-model.ts";
import { type TrainedModel, writeKeras } from "../../../src/targets/keras/index.ts";
import { planTraining } from "../../../src/targets/tfjs/training/training-plan.ts";
import type { StateArray } from "../../../src/train/optimizers/state.ts";
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
    const { graph } = before.trace;
    if (graph === undefined) throw new Error("no graph");
    const weights = planTraining(graph).weights.map(({ ref }) => ref);
    const optimizer = stateOf(before).map((array) => ({
      ...array,
      values: array.values.map((value) => Math.fround(value * 3)),
    }));
    const after = again(before, { values: new Map(), optimizer, weights });
    expect(stateOf(after)).toEqual(optimizer);
  });
});

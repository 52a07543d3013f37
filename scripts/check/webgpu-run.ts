// Run by check:webgpu: all fixtures and Keras' reference runs on a graphics card, with what they took.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import type { LoadedBackend, Predictor } from "../../src/backends/predictor.ts";
import { webgpuBackend } from "../../src/backends/webgpu.ts";
import { KcError } from "../../src/errors.ts";
import { bytesSource } from "../../src/formats/bytes.ts";
import type { Graph, TrainingSetup } from "../../src/ir/graph.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { createTrainer } from "../../src/train/trainer.ts";
import { caseDifferences, caseInputs } from "../../test/case-numbers.ts";
import { FIXTURES } from "../../test/cases.ts";
import { readableCases } from "../../test/targets/tfjs/case-runs.ts";
import { batchOf, runsOf, startOf, type TrainingRun } from "../../test/train/runs.ts";
import { conclude } from "./conclude.ts";

/** Folder with both packages, and with tfjs-core as this script has it. */
const { KC_WEBGPU: folder = "" } = process.env;

/** For models that were saved without. */
const TRAINING: TrainingSetup = {
  losses: ["categorical_crossentropy"],
  metrics: [],
  optimizer: { name: "sgd", config: { learning_rate: 0.001 } },
};

const load = createRequire(join(folder, "package.json"));
const backend = await loadBackend();
console.log(backend.title);
const judged = [...(await predictAll()), ...(await trainAll())];
await timeAll();
conclude(
  judged.length,
  "models and runs are as Keras has them",
  judged.flat(),
  judged.filter((faults) => faults.length > 0).length,
);

async function loadBackend(): Promise<LoadedBackend> {
  const spec = webgpuBackend({
    dawn: () => import(load.resolve("webgpu")),
    kernels: async () => load("@tensorflow/tfjs-backend-webgpu"),
  });
  try {
    return await spec.load();
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    console.error(
      `${error.message.split("\n")[0]} It needs one with a driver, or Mesa's lavapipe of 23.1 or later.`,
    );
    process.exit(1);
  }
}

/** For each model what is wrong with it. */
async function predictAll(): Promise<readonly (readonly string[])[]> {
  const judged: (readonly string[])[] = [];
  const cases = readableCases(["micro", "generations", "layers", "snacks"]);
  for (const { testCase, graph } of cases) {
    try {
      const model = graph();
      const predictor = await backend.open(model);
      const results = await predictor.predict(caseInputs(model.inputs, testCase));
      await predictor.dispose();
      const named = [...results].map(([name, result]) => ({ name, ...result }));
      judged.push(caseDifferences(named, testCase).map((one) => `${testCase.id}: ${one}`));
    } catch (error) {
      judged.push([`${testCase.id}: ${error}`]);
    }
  }
  console.log(`${cases.length} models predicted`);
  return judged;
}

/** For each run what is wrong with it. */
async function trainAll(): Promise<readonly (readonly string[])[]> {
  const judged: (readonly string[])[] = [];
  const suites = ["training", "training_tf215"] as const;
  const runs = suites.flatMap((suite) =>
    runsOf(suite).map(([name, run]) => ({ suite, name, run })),
  );
  for (const { suite, name, run } of runs) {
    try {
      const worst = await trainedApart(startOf(suite, name), run);
      judged.push(worst < 1e-5 ? [] : [`${suite}/${name}: losses differ by ${worst}`]);
    } catch (error) {
      judged.push([`${suite}/${name}: ${error}`]);
    }
  }
  console.log(`${runs.length} runs trained`);
  return judged;
}

async function trainedApart(graph: Graph, run: TrainingRun): Promise<number> {
  const trainer = createTrainer(graph, { random: () => (count) => new Float32Array(count) });
  const before = tf.memory().numTensors;
  let worst = 0;
  for (const [step, { loss: expected }] of run.steps.entries()) {
    if (run.fit?.lr_change === true && step === 3) trainer.learningRate /= 3;
    const { loss } = await trainer.step(batchOf(run, step));
    worst = Math.max(worst, Math.abs(loss - expected) / expected);
  }
  if (tf.memory().numTensors !== before) throw new Error("Tensors stay behind.");
  trainer.dispose();
  return worst;
}

async function timeAll(): Promise<void> {
  const models = [
    ["snacks/snacks_mobilenet025/model.hdf5", 224, 20],
    ["snacks/snacks_squeezenet/model.hdf5", 227, 20],
    ["digits/model.hdf5", 16, 10],
  ] as const;
  for (const [file, side, classes] of models) {
    const { graph } = readKeras(bytesSource(readFileSync(join(FIXTURES, file)), file));
    for (const batch of [1, 32]) {
      const data = Float32Array.from({ length: batch * side * side * 3 }, (_, i) => Math.sin(i));
      const input = { shape: [batch, side, side, 3], data };
      const predictor = await backend.open(graph);
      const predicted = await fastest(() => predict(predictor, graph, input));
      await predictor.dispose();
      const trainer = createTrainer(graph, {
        random: () => (count) => new Float32Array(count),
        training: graph.training ?? TRAINING,
      });
      const target = Float32Array.from({ length: batch * classes }, (_, i) =>
        i % classes === Math.floor(i / classes) % classes ? 1 : 0,
      );
      const stepped = await fastest(() => trainer.step({ inputs: [input], target }));
      trainer.dispose();
      console.log(
        `${file}, batch ${batch}: predict ${predicted.toFixed(1)} ms, training step ${stepped.toFixed(1)} ms`,
      );
    }
  }
}

async function predict(
  predictor: Predictor,
  graph: Graph,
  input: { readonly shape: readonly number[]; readonly data: Float32Array },
): Promise<void> {
  await predictor.predict(new Map(graph.inputs.map(({ name }) => [name, input])));
}

/** Least of ten, in milliseconds, after one that compiles. */
async function fastest(work: () => Promise<unknown>): Promise<number> {
  await work();
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

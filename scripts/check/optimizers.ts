// npm run check:optimizers [-- seed [count]]: runs of all optimizers with random settings, saved by Keras, must go on here as in Keras, and in Keras from what kc writes.
import { readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { openTraced, type TracedModel } from "../../src/sources/keras/traced-model.ts";
import { savedOptimizer, writeKeras } from "../../src/targets/keras/index.ts";
import type { Batch } from "../../src/train/batch.ts";
import { createTrainer, type Trainer } from "../../src/train/trainer.ts";
import { weightsOf } from "../../src/train/weight-values.ts";
import { conclude } from "./conclude.ts";
import { type Environment, KERAS_3, TF_KERAS } from "./environments.ts";
import { emptyFolder, installable, runPython } from "./python.ts";

interface Peer extends Environment {
  readonly peer: "keras3" | "tf.keras" | "legacy";
}

const PEERS: readonly Peer[] = [
  { peer: "keras3", ...KERAS_3 },
  { peer: "tf.keras", ...TF_KERAS },
  { peer: "legacy", ...TF_KERAS },
];

/** What `optimizers.py` wrote. */
interface Runs {
  readonly images: readonly number[];
  readonly labels: readonly number[];
  readonly runs: readonly Run[];
}

interface Run {
  readonly name: string;
  readonly file: string;
  readonly losses: readonly number[];
  readonly weights: readonly number[];
  /** What `fit` would have ended with. */
  readonly finished: readonly number[];
  /** Whether Keras itself goes on from its file so. */
  readonly reloads: boolean;
}

interface Verdict {
  readonly name: string;
  readonly problem: string | null;
}

const [SAVED, WRITTEN, STEPS, BATCH] = [3, 5, 8, 8];
const SHAPE = [BATCH, 5, 5, 2];
/** Float32 over a few steps, of which some divide by numbers close to 0. */
const TOLERANCE = 1e-5;

const [seed = "1", count = "48"] = process.argv.slice(2);

function batchOf({ images, labels }: Runs, step: number): Batch {
  const [pixels, classes] = [images.length / STEPS, labels.length / STEPS];
  const part = (all: readonly number[], size: number): Float32Array =>
    Float32Array.from(all.slice(step * size, (step + 1) * size));
  return {
    inputs: [{ shape: SHAPE, data: part(images, pixels) }],
    target: part(labels, classes),
  };
}

function trainerOf(traced: TracedModel): Trainer {
  const { graph } = traced.trace;
  if (graph === undefined) throw new Error("The model has no graph.");
  const random = () => (size: number) => new Float32Array(size);
  const trainer = createTrainer(graph, { random });
  const refs = trainer.weights.map(({ ref }) => ref);
  const saved = savedOptimizer(traced, refs);
  if (typeof saved === "string") throw new Error(`The state is not understood: ${saved}`);
  if (saved !== undefined) trainer.restoreState(saved, graph.source.version);
  return trainer;
}

async function lossesOf(
  trainer: Trainer,
  runs: Runs,
  start: number,
  end: number,
): Promise<readonly number[]> {
  const losses: number[] = [];
  for (let step = start; step < end; step++) {
    losses.push((await trainer.step(batchOf(runs, step))).loss);
  }
  return losses;
}

function written(traced: TracedModel, trainer: Trainer, container: ".keras" | ".h5"): Uint8Array {
  const { file } = writeKeras(traced, {
    container,
    trained: {
      values: weightsOf(trainer),
      optimizer: trainer.saveState(trainer.graph.source.version),
      weights: trainer.weights.map(({ ref }) => ref),
      ...(trainer.scheduled ? {} : { learningRate: trainer.learningRate }),
    },
  });
  return collectBytes(file);
}

const numbersOf = (trainer: Trainer): readonly number[] =>
  trainer.weights.flatMap(({ ref }) => [...trainer.valuesOf(ref)]);

/** The largest difference, by the size of the largest number; NaN where one is missing. */
function apart(found: readonly number[], expected: readonly number[]): number {
  const most = Math.max(...expected.map(Math.abs));
  const length = Math.max(found.length, expected.length);
  const differences = Array.from({ length }, (_, index) =>
    Math.abs((found[index] ?? Number.NaN) - (expected[index] ?? Number.NaN)),
  );
  return Math.max(...differences) / most;
}

/** What is wrong with how a run goes on; writes what it is after two steps for Keras. */
async function problemOf(run: Run, runs: Runs, target: string): Promise<string | undefined> {
  const traced = openTraced(bytesSource(readFileSync(run.file), run.file), {});
  const trainer = trainerOf(traced);
  const before = await lossesOf(trainer, runs, SAVED, WRITTEN);
  const container = extname(run.file) === ".h5" ? ".h5" : ".keras";
  writeFileSync(target, written(traced, trainer, container));
  const losses = [...before, ...(await lossesOf(trainer, runs, WRITTEN, STEPS))];
  const weights = numbersOf(trainer);
  trainer.finish();
  const off = {
    losses: apart(losses, run.losses.slice(SAVED)),
    weights: apart(weights, run.weights),
    "weights at the end": apart(numbersOf(trainer), run.finished),
  };
  trainer.dispose();
  const wrong = Object.entries(off).filter(([, most]) => !(most <= TOLERANCE));
  const said = wrong.map(([what, most]) => `${what} differ by ${most.toPrecision(2)}`).join(", ");
  return said === "" ? undefined : said;
}

interface Judgement {
  readonly compared: number;
  readonly faults: readonly string[];
}

async function judge(peer: Peer): Promise<Judgement> {
  const folder = emptyFolder(`optimizers-${peer.peer}`);
  runPython(peer, "optimizers.py", [peer.peer, "make", folder, seed, count]);
  const runs: Runs = JSON.parse(readFileSync(join(folder, "runs.json"), "utf8"));
  const faults: string[] = [];
  const entries: unknown[] = [];
  for (const run of runs.runs) {
    const target = run.file.replace(/(\.\w+)$/, "-kc$1");
    try {
      const problem = await problemOf(run, runs, target);
      if (problem !== undefined) faults.push(`here: ${run.name}: ${problem}`);
      const entry = { ...run, model: target, losses: run.losses.slice(WRITTEN) };
      if (run.reloads) entries.push({ ...entry, tolerance: TOLERANCE });
    } catch (error) {
      faults.push(`here: ${run.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  const list = join(folder, "list.json");
  writeFileSync(list, JSON.stringify(entries));
  const told = runPython(peer, "optimizers.py", [peer.peer, "judge", list]);
  const verdicts = told
    .trim()
    .split("\n")
    .map((line): Verdict => JSON.parse(line));
  for (const { name, problem } of verdicts) {
    if (problem !== null) faults.push(`in Keras: ${name}: ${problem}`);
  }
  console.log(
    `${peer.title} (${peer.peer}): ${runs.runs.length} runs, of which Keras itself takes up ${entries.length}`,
  );
  return {
    compared: runs.runs.length + entries.length,
    faults: faults.map((fault) => `${peer.title} (${peer.peer}) ${fault}`),
  };
}

await tf.setBackend("cpu");
const judgements: Judgement[] = [];
for (const peer of installable(PEERS)) judgements.push(await judge(peer));
conclude(
  judgements.reduce((sum, { compared }) => sum + compared, 0),
  "continued runs are as in Keras, here and from files of kc",
  judgements.flatMap(({ faults }) => faults),
);

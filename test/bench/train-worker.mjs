// node train-worker.mjs MODEL.h5: says "ready", then for each batch size on the standard input the seconds of one training step, those of
// all its processors together, its loss, and the peak memory so far in MB.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { enableProdMode, setBackend } from "@tensorflow/tfjs-core";
import { openFile } from "../../dist/io/node.js";
import { readKeras } from "../../dist/sources/keras/index.js";
import { createTrainer } from "../../dist/train/trainer.js";
import { batchOf } from "./train-batch.mjs";

const INSTALLED = "../../.bench/tfjs-node/node_modules/@tensorflow/tfjs-node";

process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
const [path] = process.argv.slice(2);
createRequire(import.meta.url)(
  process.env.TFJS_NODE ?? fileURLToPath(new URL(INSTALLED, import.meta.url)),
);
enableProdMode();
await setBackend("tensorflow");
const file = openFile(path);
const { graph } = readKeras(file);
// Adam as tf.keras 2.15 has it, which is what the others are.
const trainer = createTrainer(
  { ...graph, source: { ...graph.source, version: "2.15.0" } },
  {
    random: () => (count) => new Float32Array(count).fill(0.5),
    training: {
      losses: ["categorical_crossentropy"],
      metrics: [],
      optimizer: { name: "adam", config: { learning_rate: 1e-5, use_ema: false } },
    },
  },
);
file.close();
const shape = graph.types.get(graph.inputs[0].value).shape.slice(1);
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const batch = batchOf(Number(line), shape);
  const [start, processors] = [process.hrtime.bigint(), process.cpuUsage()];
  const { loss } = await trainer.step(batch);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(processors);
  console.log(`${seconds} ${(user + system) / 1e6} ${loss} ${peakMemory()}`);
}

function peakMemory() {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
  return Math.round(Number(kilobytes) / 1024);
}

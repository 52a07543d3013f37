import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { mobileNet, resNet50, squeezeNet } from "./architectures.mjs";
import { median, times } from "./measure.mjs";
import { writeModel } from "./write-model.mjs";

const CACHE = fileURLToPath(new URL("../../.bench/", import.meta.url));
const PYTHON = process.env.PYTHON ?? "python3";

const MODELS = { mobilenet: mobileNet, squeezenet: squeezeNet, resnet50: resNet50 };
const ROUNDS = { 1: 10, 32: 3 };

/** Who predicts: kc's backend, ONNX Runtime by itself with its defaults, Keras 3 where $PYTHON has it. */
const CONTENDERS = [
  { name: "kc onnx", command: [process.execPath, here("predict-worker.mjs"), "kc"] },
  { name: "onnxruntime-node", command: [process.execPath, here("predict-worker.mjs"), "bare"] },
  { name: "Keras predict", command: [PYTHON, here("predict_worker.py")], python: true },
];

/** `npm run bench predict [name …]`: contenders take turns, so that what else runs disturbs all alike. */
export async function benchPredict(only) {
  mkdirSync(CACHE, { recursive: true });
  const contenders = CONTENDERS.filter(({ python }) => !python || hasKeras());
  const rows = {};
  for (const [name, build] of Object.entries(MODELS)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const model = `${CACHE}${name}.h5`;
    if (!existsSync(model)) await writeModel(build(), model);
    const workers = [];
    for (const contender of contenders) workers.push(await startWorker(contender, model));
    for (const [batch, rounds] of Object.entries(ROUNDS)) {
      const measured = contenders.map(() => []);
      for (let round = 0; round <= rounds; round++) {
        for (const [index, worker] of workers.entries()) {
          const seconds = Number(await worker.ask(batch));
          // The first round warms up.
          if (round > 0) measured[index].push(seconds);
        }
      }
      rows[`${name}, batch ${batch}, ms`] = cells(contenders, measured);
      console.error(`${name}, batch ${batch}:`, rows[`${name}, batch ${batch}, ms`]);
    }
    const peaks = workers.map((worker) => worker.peak());
    for (const worker of workers) worker.stop();
    rows[`${name}, peak memory, MB`] = Object.fromEntries(
      contenders.map((contender, index) => [contender.name, Math.round(peaks[index])]),
    );
    const starts = contenders.map(({ command: [file, ...args] }) =>
      times(2, file, [...args, model, "once"]),
    );
    rows[`${name}, first prediction of a process, ms`] = cells(contenders, starts);
  }
  console.table(rows);
}

function cells(contenders, measured) {
  const best = measured.map((list) => [...list].sort((a, b) => a - b));
  return Object.fromEntries(
    contenders.map(({ name }, index) => {
      const [least, middle] = [best[index][0], median(best[index])].map((s) => s * 1000);
      const ratio = best[index][0] / best[0][0];
      return [name, `${least.toFixed(1)} / ${middle.toFixed(1)}, ${ratio.toFixed(2)}`];
    }),
  );
}

async function startWorker({ command: [file, ...args] }, model) {
  const child = spawn(file, [...args, model], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  await next();
  return {
    async ask(batch) {
      child.stdin.write(`${batch}\n`);
      return next();
    },
    /** Of all its life, in MB. @see proc(5) VmHWM */
    peak() {
      const [, kilobytes = Number.NaN] =
        /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
      return Number(kilobytes) / 1024;
    },
    stop: () => child.stdin.end(),
  };
}

function hasKeras() {
  const found = spawnSync(PYTHON, ["-c", "import tensorflow, keras"], { stdio: "ignore" });
  if (found.status !== 0)
    console.error(`${PYTHON} has no Keras: left out. Set PYTHON to one that has.`);
  return found.status === 0;
}

function here(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { mobileNet, resNet50, squeezeNet } from "./architectures.mjs";
import { median } from "./measure.mjs";
import { writeModel } from "./write-model.mjs";

const CACHE = fileURLToPath(new URL("../../.bench/", import.meta.url));
const MODELS = { mobilenet: mobileNet, squeezenet: squeezeNet, resnet50: resNet50 };
/** Steps at each batch size after the first one, which builds graphs. */
const STEPS = { 8: 10, 32: 5 };

/** Who trains; the Pythons are those of the environment. */
const CONTENDERS = [
  { name: "kc", command: [process.execPath, here("train-worker.mjs")] },
  { name: "tf.keras 2.15", command: [process.env.PYTHON_TF215, here("train_worker.py")] },
  { name: "Keras 3", command: [process.env.PYTHON_KERAS3, here("train_worker.py")] },
];

/** `npm run bench train [name …] [8 | 32]`: steps of a full fine-tune by turns, each contender in a process of its own. */
export async function benchTrain(only) {
  mkdirSync(CACHE, { recursive: true });
  const contenders = CONTENDERS.filter(isThere);
  const names = Object.keys(MODELS).filter((name) => isAsked(name, Object.keys(MODELS), only));
  const batches = Object.keys(STEPS).filter((batch) => isAsked(batch, Object.keys(STEPS), only));
  const rows = {};
  for (const name of names) {
    const model = `${CACHE}${name}.h5`;
    if (!existsSync(model)) await writeModel(MODELS[name](), model);
    for (const batch of batches) {
      const cells = await measure(contenders, model, batch);
      for (const [who, cell] of cells) rows[`${name}, batch ${batch}, ${who}`] = cell;
      console.error(`${name}, batch ${batch}`, Object.fromEntries(cells));
    }
  }
  console.table(rows);
}

async function measure(contenders, model, batch) {
  const workers = [];
  for (const { command } of contenders) workers.push(await startWorker(command, model));
  const measured = contenders.map(() => []);
  for (let round = 0; round <= STEPS[batch]; round++) {
    for (const [index, worker] of workers.entries()) {
      const [seconds, processors, loss, memory] = (await worker.ask(batch)).split(" ").map(Number);
      measured[index].push({ seconds, processors, loss, memory });
    }
  }
  for (const worker of workers) worker.stop();
  const reference = measured[1] ?? measured[0];
  return contenders.map(({ name }, index) => [name, cellOf(measured[index], reference)]);
}

/** Smallest and middle step and middle processor time, with their ratios to tf.keras; peak memory; loss of the first step. */
function cellOf(steps, reference) {
  const [own, others] = [timesOf(steps), timesOf(reference)];
  const ratio = (a, b) => (a / b).toFixed(2);
  const shown = (index) => `${own[index].toFixed(0)} (${ratio(own[index], others[index])})`;
  const [memory, theirs] = [steps.at(-1).memory, reference.at(-1).memory];
  return {
    "min ms": shown(0),
    "median ms": shown(1),
    "processors ms": shown(2),
    "peak MB": `${memory} (${ratio(memory, theirs)})`,
    "first loss": steps[0].loss.toFixed(4),
  };
}

/** The first step builds graphs and is left out. */
function timesOf(steps) {
  const sorted = (key) =>
    steps
      .slice(1)
      .map((step) => step[key] * 1000)
      .sort((a, b) => a - b);
  const seconds = sorted("seconds");
  return [seconds[0], median(seconds), median(sorted("processors"))];
}

async function startWorker([file, ...args], model) {
  const child = spawn(file, [...args, model], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${file} ${args.join(" ")} has ended.`);
    return value;
  };
  await next();
  return {
    async ask(batch) {
      child.stdin.write(`${batch}\n`);
      return next();
    },
    stop: () => child.stdin.end(),
  };
}

function isAsked(name, all, only) {
  const own = only.filter((one) => all.includes(one));
  return own.length === 0 || own.includes(name);
}

function isThere({ name, command: [file] }) {
  const found =
    file === process.execPath || (file && spawnSync(file, ["-c", "import keras"]).status === 0);
  if (!found)
    console.error(
      `${name} is left out: set PYTHON_TF215 and PYTHON_KERAS3 to Pythons that have it.`,
    );
  return found;
}

function here(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

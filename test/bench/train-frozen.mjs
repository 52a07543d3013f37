import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { mobileNet } from "./architectures.mjs";
import { median } from "./measure.mjs";
import { writeModel } from "./write-model.mjs";

const CACHE = fileURLToPath(new URL("../../.bench/", import.meta.url));
const KC = here("../../bin/kc.js");
const PHOTO = here("../../fixtures/images/load/flower.jpg");
const PYTHON = process.env.PYTHON_KERAS3 ?? process.env.PYTHON ?? "python3";
const CLASSES = ["amber", "blue", "coral", "dark"];
const EACH = 80;
const EPOCHS = { plain: { kc: 12, keras: 3 }, augmented: { kc: 4, keras: 3 } };
/** As in train_frozen.py. */
const AUGMENTATION =
  "--rotation-range 40 --width-shift-range 0.2 --height-shift-range 0.2 --shear-range 0.2 --zoom-range 0.2 --channel-shift-range 25.5 --horizontal-flip";

/**
 * `npm run bench train frozen`: a new head on the frozen MobileNet 1.0 at 224, kc before and after Keras 3 ($PYTHON_KERAS3). Seconds from the end of
 * an epoch to that of the next, so that the first one, with its start, does not count.
 */
export async function benchFrozen() {
  mkdirSync(CACHE, { recursive: true });
  const [photos, base, model] = [await writePhotos(), await writeBase(), await writeFrozen()];
  const keras = hasKeras();
  const rows = {};
  for (const [how, epochs] of Object.entries(EPOCHS)) {
    const before = await kcEpochs(model, photos, epochs.kc, how);
    const theirs = keras ? await kerasEpochs(base, photos, epochs.keras, how) : [];
    const own = [...before, ...(await kcEpochs(model, photos, epochs.kc, how))];
    for (const what of ["seconds", "processors"]) {
      const [mine, other] = [own, theirs].map((list) => sorted(list.map((one) => one[what])));
      const row = { kc: cell(mine) };
      if (keras) {
        const [least, middle] = [other[0] / mine[0], median(other) / median(mine)];
        row["Keras 3"] = cell(other);
        row["Keras / kc, min, median"] = `${least.toFixed(1)}, ${middle.toFixed(1)}`;
      }
      rows[`${how}, ${what}`] = row;
      console.error(`${how}, ${what}`, row);
    }
  }
  console.table(rows);
}

function sorted(numbers) {
  return [...numbers].sort((a, b) => a - b);
}

function cell(numbers) {
  return `${numbers[0].toFixed(2)}, ${median(numbers).toFixed(2)} s`;
}

function kcEpochs(model, photos, epochs, how) {
  const output = `${CACHE}frozen-out.keras`;
  const setup = "--optimizer adam --loss categorical_crossentropy --metrics accuracy";
  const more = how === "plain" ? "" : AUGMENTATION;
  const flags = `--preprocess tf --frozen-norm stored --force ${setup} ${more}`.trim().split(/ +/);
  const args = [KC, "train", model, photos, "-o", output, "--epochs", epochs, ...flags];
  return betweenLines(process.execPath, args, "stderr", /\d+m?s\/step - loss/);
}

function kerasEpochs(base, photos, epochs, how) {
  const args = [here("train_frozen.py"), base, photos, epochs, how];
  return betweenLines(PYTHON, args, "stdout", /^epoch/);
}

/** Seconds, and seconds of all processors, between the lines of a program that say the end of an epoch. */
async function betweenLines(file, args, stream, pattern) {
  const child = spawn(file, args.map(String), { stdio: ["ignore", "pipe", "pipe"] });
  const ends = [];
  const said = [];
  for (const name of ["stdout", "stderr"]) {
    createInterface({ input: child[name] }).on("line", (line) => {
      said.push(line);
      if (name === stream && pattern.test(line))
        ends.push({ at: performance.now() / 1000, used: processorsOf(child.pid) });
    });
  }
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} failed:\n${said.join("\n")}`);
  return ends.slice(1).map(({ at, used }, index) => ({
    seconds: at - ends[index].at,
    processors: used - ends[index].used,
  }));
}

/** Seconds that a process has had of all processors, threads together. @see proc(5) `utime`, `stime` */
function processorsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/, "").split(" ");
  return (Number(fields[12]) + Number(fields[13])) / 100;
}

/** Four classes of photos of 500 by 375: parts of one photo, each class in a colour of its own. */
async function writePhotos() {
  const { default: sharp } = await import("sharp");
  const folder = `${CACHE}classes`;
  for (const [label, name] of CLASSES.entries()) {
    mkdirSync(`${folder}/${name}`, { recursive: true });
    for (let i = 0; i < EACH; i++) {
      const path = `${folder}/${name}/${1000 + i}.jpg`;
      if (existsSync(path)) continue;
      const [left, top] = [(i * 37) % 120, (i * 53) % 40];
      await sharp(PHOTO)
        .extract({ left, top, width: 500, height: 375 })
        .modulate({ hue: label * 90, brightness: 0.8 + (i % 5) / 10 })
        .jpeg({ quality: 90 })
        .toFile(path);
    }
  }
  return folder;
}

async function writeBase() {
  const path = `${CACHE}mobilenet.h5`;
  if (!existsSync(path)) await writeModel(mobileNet(), path);
  return path;
}

/** MobileNet 1.0 behind whose frozen layers there are dropout and a new dense layer. */
async function writeFrozen() {
  const path = `${CACHE}mobilenet-frozen.h5`;
  if (existsSync(path)) return path;
  const model = mobileNet();
  const pooled = model.layers.findIndex(({ name }) => name === "global_average_pooling2d_1");
  model.layers.length = pooled + 1;
  model.weights = model.weights.filter(({ layer }) => layer !== "conv_preds");
  for (const { config } of model.layers) config.trainable = false;
  const at = model.layer("Dropout", "dropout", "global_average_pooling2d_1", { rate: 0.5 });
  model.dense("predictions", at, [1024, CLASSES.length], "softmax");
  const regularizer = { class_name: "L1L2", config: { l1: 0, l2: 0.01 } };
  Object.assign(model.layers.at(-1).config, { kernel_regularizer: regularizer });
  await writeModel(model, path);
  return path;
}

function hasKeras() {
  const found = spawnSync(PYTHON, ["-c", "import tensorflow, keras"], { stdio: "ignore" });
  if (found.status !== 0)
    console.error(`${PYTHON} has no Keras: left out. Set PYTHON_KERAS3 to one that has.`);
  return found.status === 0;
}

function here(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

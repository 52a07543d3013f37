import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findPreprocessing } from "../../dist/index.js";
import {
  listClassFolder,
  listPictures,
  openTrainingPictures,
  parseAugmentation,
  pictureBatches,
} from "../../dist/io/pictures/index.js";
import { orderAsGiven } from "../../dist/train/sample-order.js";

const CACHE = fileURLToPath(new URL("../../.bench/", import.meta.url));
const PHOTO = fileURLToPath(new URL("../../fixtures/images/load/flower.jpg", import.meta.url));
const COUNT = 200;
const ROUNDS = 3;
const PILLOW = `
import sys, time
from concurrent.futures import ThreadPoolExecutor
from PIL import Image
import numpy as np
def load(path):
    picture = Image.open(path).convert("RGB").resize((224, 224), {"nearest": 0, "bilinear": 2}[sys.argv[1]])
    return np.asarray(picture).astype("f4") / 127.5 - 1
with ThreadPoolExecutor(2) as pool:
    wall, cpu = time.perf_counter(), time.process_time()
    list(pool.map(load, sys.argv[2:]))
    print(time.perf_counter() - wall, time.process_time() - cpu)
`;

const KERAS = `
import os, sys, time
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from concurrent.futures import ThreadPoolExecutor
from keras.src.legacy.preprocessing.image import ImageDataGenerator
generator = ImageDataGenerator(rotation_range=20, width_shift_range=0.2, height_shift_range=0.2, shear_range=10, zoom_range=0.2,
                               horizontal_flip=True, preprocessing_function=lambda x: x / 127.5 - 1)
batches = generator.flow_from_directory(sys.argv[1], (224, 224), batch_size=32, shuffle=False, seed=1)
with ThreadPoolExecutor(2) as pool:
    for _ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        list(pool.map(batches.__getitem__, range(len(batches))))
        taken = time.perf_counter() - wall, time.process_time() - cpu
    print(*taken)
`;

/** Photos of 640 by 427 to inputs of 224 by 224, by two threads; beside Pillow where `npm run check:images` has set it up. */
export async function benchImages(names) {
  if (names.includes("augmented")) return benchAugmented();
  const folder = `${CACHE}photos`;
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < COUNT; i++) copyFileSync(PHOTO, `${folder}/${1000 + i}.jpg`);
  const { files } = await listPictures([folder]);
  const python = `${CACHE}python/pillow/bin/python`;
  for (const interpolation of ["nearest", "bilinear"]) {
    const rows = {
      sharp: () => load(files, interpolation, "auto"),
      wasm: () => load(files, interpolation, "wasm"),
    };
    if (existsSync(python)) rows.Pillow = () => loadWithPillow(python, files, interpolation);
    const best = Object.fromEntries(Object.keys(rows).map((name) => [name, [Infinity, Infinity]]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, run] of Object.entries(rows)) {
        const [wall, cpu] = await run();
        best[name] = [Math.min(best[name][0], wall), Math.min(best[name][1], cpu)];
      }
    }
    for (const [name, figures] of Object.entries(best)) tell(`${interpolation} ${name}`, figures);
  }
}

/** The same photos changed at random, by two threads, in the second epoch; beside Keras 3 where a check has set it up. */
async function benchAugmented() {
  const folder = `${CACHE}photos-of-classes`;
  for (let i = 0; i < COUNT; i++) {
    mkdirSync(`${folder}/${i % 2}`, { recursive: true });
    copyFileSync(PHOTO, `${folder}/${i % 2}/${1000 + i}.jpg`);
  }
  const set = listClassFolder(folder);
  tell("augmented, decoded every time", await augmentedEpoch(set, 0));
  tell("augmented, pictures kept", await augmentedEpoch(set, 2 ** 28));
  const python = `${CACHE}python/keras3/bin/python`;
  if (!existsSync(python)) return;
  const told = execFileSync(python, ["-c", KERAS, folder], { encoding: "utf8" });
  tell("augmented by Keras 3", told.trim().split("\n").at(-1).split(" ").map(Number));
}

async function augmentedEpoch(set, keepBytes) {
  const data = await openTrainingPictures(set, {
    size: { width: 224, height: 224 },
    preprocessing: findPreprocessing("tf"),
    target: "one-hot",
    order: orderAsGiven(set.files.length),
    augmentation: parseAugmentation({
      rotationRange: 20,
      widthShiftRange: 0.2,
      heightShiftRange: 0.2,
      shearRange: 10,
      zoomRange: 0.2,
      horizontalFlip: true,
    }),
    threads: 2,
    keepBytes,
  });
  let taken = [];
  for (const epoch of [0, 1]) {
    const [wall, before] = [performance.now(), process.cpuUsage()];
    let count = 0;
    for await (const { samples } of data.epoch(epoch)) count += samples.length;
    if (count !== set.files.length) throw new Error(`${count} of ${set.files.length} were loaded`);
    const { user, system } = process.cpuUsage(before);
    taken = [(performance.now() - wall) / 1000, (user + system) / 1e6];
  }
  await data.close();
  return taken;
}

function tell(name, [wall, cpu]) {
  const each = ((cpu / COUNT) * 1000).toFixed(1);
  console.log(`${name}: ${(COUNT / wall).toFixed(0)} images/s, ${each} ms of processor time each`);
}

async function load(files, interpolation, jpeg) {
  const size = { width: 224, height: 224 };
  const options = { size, interpolation, jpeg, preprocessing: findPreprocessing("tf"), threads: 2 };
  const [wall, before] = [performance.now(), process.cpuUsage()];
  let count = 0;
  for await (const batch of pictureBatches(files, options)) count += batch.files.length;
  if (count !== files.length) throw new Error(`${count} of ${files.length} were loaded`);
  const { user, system } = process.cpuUsage(before);
  return [(performance.now() - wall) / 1000, (user + system) / 1e6];
}

function loadWithPillow(python, files, interpolation) {
  const args = ["-c", PILLOW, interpolation, ...files.map(({ path }) => path)];
  return execFileSync(python, args, { encoding: "utf8" }).trim().split(" ").map(Number);
}

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findPreprocessing } from "../../dist/index.js";
import { listPictures, pictureBatches } from "../../dist/io/pictures/index.js";

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

/** Photos of 640 by 427 to inputs of 224 by 224, by two threads; beside Pillow where `npm run check:images` has set it up. */
export async function benchImages() {
  const folder = `${CACHE}photos`;
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < COUNT; i++) copyFileSync(PHOTO, `${folder}/${1000 + i}.jpg`);
  const { files } = await listPictures([folder]);
  const python = `${CACHE}python/images/bin/python`;
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
    for (const [name, [wall, cpu]] of Object.entries(best)) {
      const perSecond = (COUNT / wall).toFixed(0);
      const each = ((cpu / COUNT) * 1000).toFixed(1);
      console.log(
        `${interpolation} ${name}: ${perSecond} images/s, ${each} ms of processor time each`,
      );
    }
  }
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

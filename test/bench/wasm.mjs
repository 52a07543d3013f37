import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { readKeras } from "../../dist/index.js";
import { openFile } from "../../dist/node.js";
import { buildTfjs, writeTfjsLayers } from "../../dist/tfjs.js";
import { mobileNet } from "./architectures.mjs";
import { median } from "./measure.mjs";
import { writeModel } from "./write-model.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CACHE = `${ROOT}.bench/`;
const ROUNDS = 12;
const CASES = [
  { name: "mobilenet", path: `${CACHE}mobilenet.h5`, build: mobileNet },
  { name: "squeezenet", path: `${ROOT}fixtures/snacks/snacks_squeezenet/model.hdf5` },
];

/** `npm run bench wasm [name …]`: the runnable graph against the layers of tfjs, in turn, on one thread of WebAssembly. */
export async function benchWasm(only) {
  mkdirSync(CACHE, { recursive: true });
  tf.enableProdMode();
  await tf.setBackend("wasm");
  const rows = [];
  for (const item of CASES.filter(({ name }) => only.length === 0 || only.includes(name)))
    rows.push(...(await measureCase(item)));
  console.table(Object.fromEntries(rows));
}

async function measureCase({ name, path, build }) {
  if (!existsSync(path)) await writeModel(build(), path);
  const { graph } = readKeras(openFile(path));
  const layers = await loadLayersModel(tf.io.fromMemory(writeTfjsLayers(graph).artifacts()));
  const runnable = buildTfjs(graph);
  const [{ name: input, value }] = graph.inputs;
  const sample = graph.types.get(value).shape.slice(1);
  const rows = [];
  for (const batch of [1, 8]) {
    const shape = [batch, ...sample];
    const size = shape.reduce((product, dim) => product * dim, 1);
    const data = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
    const times = interleaved({
      kc: () => runnable.predict(new Map([[input, { shape, data }]])),
      // Both from an array to an array.
      layers: () =>
        tf.tidy(() => layers.predict(tf.tensor(data, shape), { batchSize: batch }).dataSync()),
    });
    const ratio = (times.kc[0] / times.layers[0]).toFixed(2);
    rows.push([
      `${name}, batch ${batch}`,
      { kc: text(times.kc), layers: text(times.layers), ratio },
    ]);
  }
  runnable.dispose();
  layers.dispose();
  return rows;
}

/** Milliseconds of each, sorted; the first two rounds warm up. */
function interleaved(runs) {
  const times = Object.fromEntries(Object.keys(runs).map((key) => [key, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [key, run] of Object.entries(runs)) {
      const start = performance.now();
      run();
      if (round > 1) times[key].push(performance.now() - start);
    }
  }
  for (const list of Object.values(times)) list.sort((a, b) => a - b);
  return times;
}

function text(sorted) {
  return `${sorted[0].toFixed(1)} / ${median(sorted).toFixed(1)} ms`;
}

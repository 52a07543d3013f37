import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mobileNet, resNet50, vgg16 } from "./architectures.mjs";
import { median, peakMemory, times } from "./measure.mjs";
import { writeModel } from "./write-model.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CACHE = `${ROOT}.bench/`;
const KC = `${ROOT}bin/kc.js`;

/** What is measured, how often, and what is to be reached. */
const CASES = [
  { name: "mobilenet", build: mobileNet, runs: 9, seconds: 0.4, megabytes: 200 },
  { name: "resnet50", build: resNet50, runs: 7, seconds: 0.6, megabytes: 200 },
  { name: "vgg16", build: vgg16, runs: 5, ratio: 8, megabytes: 200 },
];

/** `npm run bench convert [name …]`: the whole process against `cp` of the same file. */
export async function benchConvert(only) {
  mkdirSync(CACHE, { recursive: true });
  const rows = [];
  for (const item of CASES.filter(({ name }) => only.length === 0 || only.includes(name)))
    rows.push(await measureCase(item));
  console.table(Object.fromEntries(rows));
  const help = times(9, process.execPath, [KC, "--help"]);
  const bare = times(9, process.execPath, ["-e", "0"]);
  console.log(
    `kc --help: min ${ms(help[0])}, median ${ms(median(help))}; node itself: min ${ms(bare[0])}; to reach: 100 ms`,
  );
}

async function measureCase({ name, build, runs, seconds, ratio, megabytes }) {
  const model = `${CACHE}${name}.h5`;
  if (!existsSync(model)) {
    console.error(`writing ${model}`);
    await writeModel(build(), model);
  }
  // Both write a new file each time: replacing a large one costs the file system far more than its copying.
  const copy = `${CACHE}copy`;
  const output = `${CACHE}${name}.mlmodel`;
  const clear = () => {
    rmSync(copy, { force: true });
    rmSync(output, { force: true });
  };
  const args = [KC, "convert", model, output];
  const copies = times(runs, "cp", [model, copy], clear);
  const conversions = times(runs, process.execPath, args, clear);
  clear();
  const peak = peakMemory(args);
  clear();
  const files = Object.fromEntries([".h5", ".keras"].map((end) => [end, measureKeras(model, end)]));
  const row = {
    "file MB": round(statSync(model).size / 1e6, 1),
    "cp min s": round(copies[0], 3),
    "cp median s": round(median(copies), 3),
    "kc min s": round(conversions[0], 3),
    "kc median s": round(median(conversions), 3),
    "kc / cp (min)": round(conversions[0] / copies[0], 1),
    "peak MB": round(peak, 0),
    ".h5": files[".h5"],
    ".keras": files[".keras"],
    "to reach": `${seconds ? `${seconds} s` : `${ratio} x cp`}, ${megabytes} MB`,
  };
  return [name, row];
}

/** Seconds and peak memory of writing a file of Keras. */
function measureKeras(model, end) {
  const output = `${CACHE}written${end}`;
  const args = [KC, "convert", model, output];
  const clear = () => rmSync(output, { force: true });
  const [fastest] = times(3, process.execPath, args, clear);
  clear();
  const peak = peakMemory(args);
  clear();
  return `${round(fastest, 2)} s, ${round(peak, 0)} MB (to reach: 150)`;
}

function round(number, digits) {
  return Number(number.toFixed(digits));
}

function ms(seconds) {
  return `${(seconds * 1000).toFixed(0)} ms`;
}

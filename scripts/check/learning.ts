// npm run check:learning [-- PICTURES [SEED…]]: the network of fixtures/digits learns from scratch, with its settings, as well as with the Keras 2.2.4 that
// made it, and better with pictures changed at random. Without a folder of pictures (train, val, test) scikit-learn's are made.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { conclude } from "./conclude.ts";
import { KERAS_2, SCIKIT_LEARN } from "./environments.ts";
import { emptyFolder, installable, runPython } from "./python.ts";

const KC = fileURLToPath(new URL("../../bin/kc.js", import.meta.url));
const MODEL = fileURLToPath(new URL("../../fixtures/digits/model.hdf5", import.meta.url));
const SETTINGS = ["--from-scratch", "--learning-rate", "0.003", "--batch-size", "50"];
const AUGMENTED = [
  ...["--epochs", "25", "--rotation-range", "5"],
  ...["--width-shift-range", "0.05", "--height-shift-range", "0.05"],
  ...["--reduce-lr-on-plateau", "factor=0.3,patience=3"],
  ...["--early-stopping", "patience=25,restore-best-weights"],
];
/** Accuracy of Keras 2.2.4 on the test pictures with seeds 1 to 50, by fixtures/generators/digits_model.py; its threads make runs differ a little. */
const KERAS = [
  0.7885, 0.8352, 0.8599, 0.8159, 0.8709, 0.8159, 0.8352, 0.8187, 0.7967, 0.8544, 0.7775, 0.8132,
  0.7912, 0.7885, 0.8764, 0.8159, 0.8214, 0.8544, 0.8159, 0.7335, 0.8599, 0.8462, 0.8434, 0.75,
  0.8379, 0.8434, 0.7527, 0.783, 0.8077, 0.8214, 0.8654, 0.8132, 0.8324, 0.6621, 0.8462, 0.8132,
  0.6016, 0.8297, 0.8681, 0.8681, 0.8516, 0.9093, 0.8544, 0.7995, 0.7885, 0.7967, 0.8104, 0.7967,
  0.7418, 0.8159,
];
/** A run from scratch on two cores. */
const SECONDS = 120;

interface Result {
  readonly loss: number;
  readonly accuracy: number;
  readonly seconds: number;
}

const [given, ...stated] = process.argv.slice(2);
const seeds = stated.length > 0 ? stated : ["1", "2", "3"];
const pictures = given ?? makePictures();
const folder = emptyFolder("learning");

const start = evaluate(MODEL);
const { loss } = JSON.parse(readFileSync(join(MODEL, "../case.json"), "utf8"));
const own = kerasAccuracy();
const plain = seeds.map((seed) => learn(seed, ["--epochs", "10"]));
const augmented = seeds.map((seed) => learn(seed, AUGMENTED));
const [mean, better] = [plain, augmented].map((all) => meanOf(all.map(({ accuracy }) => accuracy)));
const longest = Math.max(...plain.map(({ seconds }) => seconds));
// Accuracies of single seeds lie up to 0.05 apart, in Keras and here.
const doubt = 2 * Math.hypot(errorOf(own), errorOf(plain.map(({ accuracy }) => accuracy)));
const expectations: readonly (readonly [holds: boolean, otherwise: string])[] = [
  [
    Math.abs(start.loss - loss) <= 1e-5,
    `the checkpoint starts at ${start.loss}, stored is ${loss}`,
  ],
  [(mean ?? 0) >= meanOf(own) - doubt, "from scratch it is worse than Keras"],
  [(better ?? 0) > meanOf(own), "random changes do not help"],
  [longest <= SECONDS, `a run took ${longest.toFixed(0)} s`],
];
console.log(`checkpoint: loss ${start.loss.toFixed(7)}, stored ${loss.toFixed(7)}`);
console.log(`Keras 2.2.4: ${shown(own)}`);
console.log(
  `from scratch: ${shown(plain.map(({ accuracy }) => accuracy))}, ${longest.toFixed(0)} s at most`,
);
console.log(`with random changes: ${shown(augmented.map(({ accuracy }) => accuracy))}`);
conclude(
  expectations.length,
  "expectations hold: where it starts, as good as Keras, better with random changes, in time",
  expectations.flatMap(([holds, otherwise]) => (holds ? [] : [`failed: ${otherwise}`])),
);

function learn(seed: string, options: readonly string[]): Result {
  const output = join(folder, `${seed}.h5`);
  const begun = performance.now();
  kc(
    ...["train", MODEL, join(pictures, "train"), "--validation", join(pictures, "val")],
    ...["--preprocess", "tf", "--seed", seed, "-o", output, "--force", ...SETTINGS, ...options],
  );
  const seconds = (performance.now() - begun) / 1000;
  return { ...evaluate(output), seconds };
}

function evaluate(model: string): Result {
  const { loss, accuracy } = kc("evaluate", model, join(pictures, "test"), "--preprocess", "tf");
  return { loss, accuracy, seconds: 0 };
}

function kc(...argv: readonly string[]): { readonly loss: number; readonly accuracy: number } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [KC, ...argv, "--json"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`kc ${argv.join(" ")}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

function makePictures(): string {
  const made = emptyFolder("digits");
  runPython(SCIKIT_LEARN, "../../fixtures/generators/digits.py", [made]);
  return made;
}

/** What the original gives, where its Python is installed; else what it gave before. */
function kerasAccuracy(): readonly number[] {
  const [keras] = installable([KERAS_2]);
  if (keras === undefined) return KERAS;
  return seeds.map((seed) => {
    const out = join(folder, `keras-${seed}`);
    const script = "../../fixtures/generators/digits_model.py";
    runPython(keras, script, [pictures, out, seed, "10"]);
    return JSON.parse(readFileSync(join(out, "case.json"), "utf8")).accuracy;
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean. */
function errorOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(values.length - 1, 1) / values.length);
}

function shown(values: readonly number[]): string {
  return `${meanOf(values).toFixed(4)} (${values.map((value) => value.toFixed(4)).join(", ")})`;
}

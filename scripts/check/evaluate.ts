// npm run check:evaluate [-- SEED]: loss and accuracy of `kc evaluate` are those of tf.keras 2.15 and of Keras 3, for many ways of stating a loss.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CACHE, runPython } from "./python.ts";

interface Case {
  readonly name: string;
  readonly model: string;
  readonly pictures: string;
  readonly loss: number;
  readonly accuracy: number;
  /** Part of the loss is not computed, which must be said. */
  readonly warns: boolean;
}

const GENERATIONS = {
  "evaluate-keras2": ["tensorflow-cpu==2.15.1"],
  "evaluate-keras3": ["tensorflow-cpu==2.21.0", "keras==3.15.1"],
} as const;
/** Float32, summed in another order. */
const TOLERANCE = 2e-5;
const KC = fileURLToPath(new URL("../../bin/kc.js", import.meta.url));

const [seed = "1"] = process.argv.slice(2);
const wrong = Object.entries(GENERATIONS).flatMap(([environment, packages]) => {
  const folder = join(CACHE, environment);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const told = runPython(environment, packages, "evaluate.py", [folder, seed]);
  const { keras, cases }: { keras: string; cases: readonly Case[] } = JSON.parse(told);
  const faults = cases.flatMap((item) => faultsOf(item).map((fault) => `${item.name}: ${fault}`));
  console.log(`${cases.length} models of Keras ${keras} (seed ${seed}), ${faults.length} faults`);
  for (const line of faults) console.log(`  ${line}`);
  return faults;
});
process.exitCode = wrong.length === 0 ? 0 : 1;

function faultsOf({ model, pictures, loss, accuracy, warns }: Case): readonly string[] {
  const args = [KC, "evaluate", model, pictures, "--preprocess", "0-1", "--json"];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) return [`exit code ${status}: ${stdout}`];
  const told = JSON.parse(stdout);
  const saysSo = told.warnings.length > 0;
  const within = TOLERANCE * Math.max(1, Math.abs(loss));
  return [
    ...(warns === saysSo ? [] : [`its warnings are ${JSON.stringify(told.warnings)}`]),
    ...(warns || Math.abs(told.loss - loss) <= within
      ? []
      : [`the loss is ${told.loss}, expected ${loss}`]),
    ...(Math.abs(told.accuracy - accuracy) <= 1e-9
      ? []
      : [`the accuracy is ${told.accuracy}, expected ${accuracy}`]),
  ];
}

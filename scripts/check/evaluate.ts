// npm run check:evaluate [-- SEED]: loss and accuracy of `kc evaluate` are those of tf.keras 2.15 and of Keras 3, for many ways of stating a loss.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { conclude } from "./conclude.ts";
import { KERAS_3, TF_KERAS } from "./environments.ts";
import { emptyFolder, installable, runPython } from "./python.ts";

interface Case {
  readonly name: string;
  readonly model: string;
  readonly pictures: string;
  readonly loss: number;
  readonly accuracy: number;
  /** Part of the loss is not computed, which must be said. */
  readonly warns: boolean;
}

/** Float32, summed in another order. */
const TOLERANCE = 2e-5;
const KC = fileURLToPath(new URL("../../bin/kc.js", import.meta.url));

const [seed = "1"] = process.argv.slice(2);
const judged = installable([TF_KERAS, KERAS_3]).flatMap((environment) => {
  const args = [emptyFolder(`evaluate-${environment.name}`), seed];
  const told = runPython(environment, "evaluate.py", args);
  const { keras, cases }: { keras: string; cases: readonly Case[] } = JSON.parse(told);
  console.log(`${cases.length} models of Keras ${keras}`);
  return cases.map((item) => faultsOf(item).map((fault) => `${keras}: ${item.name}: ${fault}`));
});
conclude(
  judged.length,
  `models are evaluated as by Keras (seed ${seed})`,
  judged.flat(),
  judged.filter((faults) => faults.length > 0).length,
);

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

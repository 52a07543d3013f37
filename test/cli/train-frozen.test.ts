import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FIXTURES } from "../cases.ts";
import { DIGIT_CLASSES, someDigits } from "../some-digits.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const FROZEN = "training_tf215/adam_head_only/model_step0.h5.gz";
const CLASSES = DIGIT_CLASSES.slice(0, 4);
const OPTIONS = ["--preprocess", "tf", "--backend", "cpu", "--workers", "0"];

describe("kc train of a model with frozen layers", () => {
  it("computes their features once, and gives the model that was measured", async () => {
    const [pictures, out] = [someDigits(6, CLASSES), join(temporaryFolder(), "out.keras")];
    const trained = await run(
      ...["train", frozenModel(), pictures, ...OPTIONS, "--validation", pictures, "-o", out],
      ...["--epochs", "3", "--batch-size", "7", "--json"],
    );
    const { frozen, history } = JSON.parse(trained.stdout);
    expect(frozen).toMatchObject({ layers: 7, of: 9, computed: "once", numbers: 128 });
    const { stdout } = await run(
      ...["evaluate", out, pictures, "--preprocess", "tf", "--backend", "cpu", "--json"],
    );
    expect(JSON.parse(stdout).loss).toBeCloseTo(history.history.val_loss[2], 5);
  });

  it("says so, keeps the features where they are wanted, and starts from them", async () => {
    const [model, pictures, folder] = [frozenModel(), someDigits(6, CLASSES), temporaryFolder()];
    const histories: string[] = [];
    for (const name of ["first", "second"]) {
      const history = join(folder, `${name}.json`);
      const { stderr } = await run(
        ...["train", model, pictures, ...OPTIONS, "--epochs", "2", "--history", history],
        ...["--feature-cache", join(folder, "features"), "-o", join(folder, `${name}.keras`)],
      );
      expect(stderr).toContain(
        `frozen: 7 of 9 layers, computed once, 128 numbers a picture, 12.00 KB in ${folder}/features, by cpu: `,
      );
      histories.push(readFileSync(history, "utf8"));
    }
    expect(histories[1]).toBe(histories[0]);
    expect(readFileSync(join(folder, "second.keras"))).toEqual(
      readFileSync(join(folder, "first.keras")),
    );
  });
});

it("says what stored statistics would save where the model's Keras goes by the batch", async () => {
  const model = frozenModel("training/adam_head_only/model_step0.hdf5.gz");
  const flags = ["--size", "12x12", "--epochs", "1", "-o", join(temporaryFolder(), "out.keras")];
  const pictures = someDigits(2, CLASSES);
  const { stderr } = await run("train", model, pictures, ...OPTIONS, ...flags);
  expect(stderr).toContain(
    "Frozen batch normalisations go by the batch, as in the Keras that saved the model. With --frozen-norm stored, 7 of 9 layers would be computed once.\n",
  );
  const told = await run(
    "train",
    model,
    pictures,
    ...OPTIONS,
    ...flags,
    "--force",
    "--frozen-norm",
    "stored",
  );
  expect(told.stderr).toContain("frozen: 7 of 9 layers, computed once");
});

function frozenModel(file = FROZEN): string {
  const path = join(temporaryFolder(), "frozen.h5");
  writeFileSync(path, gunzipSync(readFileSync(join(FIXTURES, file))));
  return path;
}

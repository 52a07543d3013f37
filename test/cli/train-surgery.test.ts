import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openFile } from "../../src/io/node.ts";
import { openTraced } from "../../src/sources/keras/traced-model.ts";
import { DIGITS } from "../digits.ts";
import { someDigits } from "../some-digits.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const OPTIONS = ["--preprocess", "tf", "--backend", "wasm", "--workers", "0", "--epochs", "1"];
const SMALL = ["--architecture", "MobileNet", "--alpha", "0.25", "--input-shape", "32,32,3"];

describe("kc train, before it trains", () => {
  it("tells what would be trained, and stops", async () => {
    const { code, stdout, stderr } = await run(
      ...["train", someDigits(2), ...SMALL, "--freeze", "conv1*", "--dry-run"],
    );
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[1]).toBe("conv1          Conv2D                     216  frozen");
    expect(lines).toContain(
      "215,410 of 221,114 parameters are trained, in 53 of 55 layers with weights.",
    );
    expect(lines).toContain("adam, categorical_crossentropy, measured: accuracy");
    expect(lines).toContain("all          20");
  });

  it("tells it as JSON", async () => {
    const { stdout } = await run("train", DIGITS.model, someDigits(2), "--dry-run", "--json");
    const plan = JSON.parse(stdout);
    expect(plan.losses).toEqual(["categorical_crossentropy"]);
    expect(plan.layers[0]).toMatchObject({ className: "Conv2D", trainable: true });
    expect(plan.classes).toHaveLength(10);
  });

  it("trains a new head on a frozen base", async () => {
    const out = join(temporaryFolder(), "mine.h5");
    const { code, stderr } = await run(
      ...["train", DIGITS.model, someDigits(2), ...OPTIONS, "-o", out, "--new-head"],
      ...["--head-units", "8", "--freeze", "conv2d_*"],
    );
    expect(code).toBe(0);
    expect(stderr).toContain(
      'A new head of "global_average_pooling2d_1", "dense_1", "dropout_1", "dense_2" comes behind "conv2d_3" in place of "global_average_pooling2d_1", "dropout_1", "dense_1".',
    );
    const source = openFile(out);
    const written = openTraced(source, {});
    source.close();
    const { layers } = written.model;
    expect(layers.slice(-4).map(({ name }) => name)).toEqual([
      "global_average_pooling2d_1",
      "dense_1",
      "dropout_1",
      "dense_2",
    ]);
    const frozen = layers.filter(({ className }) => className === "Conv2D");
    expect(frozen.some(({ ownTrainable }) => ownTrainable)).toBe(false);
  });

  it("trains an architecture with weights of another file", async () => {
    const folder = temporaryFolder();
    const base = join(folder, "base.h5");
    const pictures = someDigits(2);
    const first = await run("train", pictures, ...SMALL, ...OPTIONS, "-o", base);
    expect(first.code).toBe(0);
    const out = join(folder, "mine.keras");
    const { code, stderr } = await run(
      ...["train", pictures, ...SMALL, ...OPTIONS, "--weights", base, "--new-head", "-o", out],
      ...["--freeze-all-but-last", "1"],
    );
    expect(code).toBe(0);
    expect(stderr).toContain(
      '54 layers have their weights from base.h5; of no use are those for "conv_preds".',
    );
    expect(stderr).toContain("frozen: ");
  });

  it("begins an architecture of one's own", async () => {
    const source = openFile(DIGITS.model);
    const { archive } = openTraced(source, {});
    source.close();
    const file = join(temporaryFolder(), "architecture.json");
    writeFileSync(file, JSON.stringify({ ...archive.model, keras_version: "2.2.4" }));
    const { code, stdout } = await run("train", someDigits(2), "--architecture", file, "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toContain("adam, categorical_crossentropy, measured: accuracy");
  });

  it.each([
    [["--alpha", "0.5"], "--alpha is for --architecture with the name of a MobileNet."],
    [["--head-l2", "0.5"], "--head-l2 is for --new-head."],
    [["--freeze", "conv9"], 'No layer is called "conv9", and no class either.'],
    [["--architecture", "resnet50"], "--architecture resnet50 makes the model, and "],
  ])("refuses %j", async (options, text) => {
    const { code, stderr } = await run(
      ...["train", DIGITS.model, someDigits(2), "--dry-run", ...options],
    );
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });

  it("says that a model or a folder is missing", async () => {
    const { code, stderr } = await run("train", DIGITS.model, "--dry-run");
    expect(code).toBe(2);
    expect(stderr).toContain("The model file or the folder of pictures is missing.");
  });
});

import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { openFile } from "../../src/io/node.ts";
import { readFloat32, type WeightRef } from "../../src/ir/tensor.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { readOptimizerState } from "../../src/sources/keras/optimizer-state.ts";
import { openTraced } from "../../src/sources/keras/traced-model.ts";
import { DIGITS } from "../digits.ts";
import { DIGIT_CLASSES, someDigits } from "../some-digits.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const OPTIONS = ["--preprocess", "tf", "--backend", "wasm", "--workers", "0"];

describe("kc train", () => {
  it("goes on from a checkpoint, and writes a model that another command reads", async () => {
    const pictures = someDigits(3);
    const out = join(temporaryFolder(), "tuned.keras");
    const trained = await run(
      ...["train", DIGITS.model, pictures, ...OPTIONS, "--validation", pictures, "-o", out],
      ...["--epochs", "2", "--batch-size", "10", "--json"],
    );
    expect(trained.stderr).toBe("");
    const { history, ...document } = JSON.parse(trained.stdout);
    expect(trained.code).toBe(0);
    expect(document).toMatchObject({ ok: true, samples: 30, classes: DIGIT_CLASSES, output: out });
    expect(Object.keys(history.history)).toEqual(["loss", "acc", "val_loss", "val_acc"]);
    const { stdout } = await run(
      ...["evaluate", out, pictures, "--preprocess", "tf", "--backend", "cpu", "--json"],
    );
    const evaluated = JSON.parse(stdout);
    expect(evaluated.loss).toBeCloseTo(history.history.val_loss[1], 5);
    expect(evaluated.accuracy).toBeCloseTo(history.history.val_acc[1], 6);
  });

  it("tells the run as Keras does, and keeps its history", async () => {
    const folder = temporaryFolder();
    const history = join(folder, "history.json");
    const { code, stdout, stderr } = await run(
      ...["train", DIGITS.model, someDigits(2), ...OPTIONS, "--history", history],
      ...["--validation-split", "0.5", "-o", join(folder, "tuned.keras"), "--epochs", "1"],
    );
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain(
      "10 pictures of 10 classes, 10 for validation\nvalidation: the first pictures of each class by name",
    );
    expect(stderr).toMatch(
      /\nEpoch 1\/1\n1\/1 \[={30}\] - \d+s \d+m?s\/step - loss: [\d.]+ - acc: [\d.]+ - val_loss: [\d.]+ - val_acc: [\d.]+\n/,
    );
    expect(Object.keys(JSON.parse(readFileSync(history, "utf8")))).toContain("val_acc");
  });

  it("changes pictures at random, the same way for the same seed", async () => {
    const pictures = someDigits(1);
    const loss = async (...options: readonly string[]) => {
      const out = join(temporaryFolder(), "out.keras");
      const fixed = [...OPTIONS, "--epochs", "1", "--json", "-o", out];
      const { stdout } = await run("train", DIGITS.model, pictures, ...fixed, ...options);
      return JSON.parse(stdout).history.history.loss[0];
    };
    const changes = ["--rotation-range", "30", "--class-weight", "balanced"];
    const changed = await loss(...changes);
    expect(changed).toBeGreaterThan(await loss());
    expect(await loss(...changes)).toBe(changed);
  });

  it("writes what was measured as CSV, for TensorBoard, as a drawing and as a page", async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    const { code, stderr } = await run(
      ...["train", DIGITS.model, someDigits(2), ...OPTIONS, "--metrics", "accuracy,auc"],
      ...["--validation-split", "0.5", "-o", at("tuned.keras"), "--epochs", "2", "--quiet"],
      ...["--csv-log", at("log.csv"), "--tensorboard", at("logs"), "--curves", at("c.svg")],
      ...["--report", at("report.html")],
    );
    expect([code, stderr]).toEqual([0, ""]);
    const csv = readFileSync(at("log.csv"), "utf8");
    expect(csv).toMatch(
      /^epoch,acc,auc,loss,val_acc,val_auc,val_loss\r\n0(,[\d.]+){6}\r\n1(,[\d.]+){6}\r\n$/,
    );
    expect(readdirSync(at("logs"))).toEqual(["train", "validation"]);
    const [events = ""] = readdirSync(at("logs/validation"));
    expect(events).toMatch(/^events\.out\.tfevents\.\d+\./);
    expect(readFileSync(join(at("logs/validation"), events), "latin1")).toContain("epoch_auc");
    expect(readFileSync(at("c.svg"), "utf8")).toContain(">auc<");
    const page = readFileSync(at("report.html"), "utf8");
    expect(page).toContain("<h1>Training of model.hdf5</h1>");
    expect(page).toContain("<h2>Confusion</h2>");
    expect(page).toContain("<td>10 in ");
  });

  it("begins with new weights, the same for the same seed", async () => {
    const pictures = someDigits(2);
    const losses: number[] = [];
    for (const seed of ["1", "1", "2"]) {
      const out = join(temporaryFolder(), "new.keras");
      const { stdout } = await run(
        ...["train", DIGITS.model, pictures, ...OPTIONS, "-o", out, "--json", "--seed", seed],
        ...["--from-scratch", "--epochs", "1"],
      );
      losses.push(JSON.parse(stdout).history.history.loss[0]);
    }
    expect(losses[0]).toBe(losses[1]);
    expect(losses[0]).not.toBe(losses[2]);
    expect(losses[0]).toBeGreaterThan(2);
  });

  it("trains the layers that are not frozen, and no others", async () => {
    const pictures = someDigits(1);
    const out = join(temporaryFolder(), "head.h5");
    const command = ["train", DIGITS.model, pictures, ...OPTIONS, "-o", out, "--epochs", "1"];
    expect((await run(...command, "--freeze-all-but-last", "1", "--quiet")).code).toBe(0);
    const [before, after] = [DIGITS.model, out].map((path) => readKeras(openFile(path)).graph);
    const changed = before?.nodes.flatMap(({ op, origin }, index) => {
      const twins = Object.values<WeightRef | undefined>(after?.nodes[index]?.op.weights ?? {});
      const own = Object.values<WeightRef | undefined>(op.weights).flatMap((ref) => ref ?? []);
      const same = own.every((ref, place) => {
        const twin = twins[place];
        return twin !== undefined && isDeepStrictEqual(readFloat32(ref), readFloat32(twin));
      });
      return same ? [] : [origin.layer];
    });
    expect(changed).toEqual(["dense_1"]);
  });

  it("goes on with the optimizer that it wrote", async () => {
    const pictures = someDigits(1);
    const folder = temporaryFolder();
    const [out, next] = [join(folder, "one.h5"), join(folder, "two.h5")];
    const options = [...OPTIONS, "--epochs", "1", "--quiet"];
    const first = [pictures, ...options, "-o", out, "--learning-rate", "x0.5"];
    expect(await run("train", DIGITS.model, ...first)).toMatchObject({ code: 0, stderr: "" });
    const { archive } = openTraced(openFile(out), {});
    const [{ dataset } = { dataset: undefined }] = readOptimizerState(archive.optimizer);
    const steps = new Float64Array(1);
    dataset?.readInto(steps, 0);
    // The checkpoint has had ten epochs of 22 batches.
    expect(steps[0]).toBe(221);
    expect(archive.training).toMatchObject({
      optimizer_config: { class_name: "Adam", config: { lr: Math.fround(Math.fround(0.003) / 2) } },
    });
    expect((await run("train", out, pictures, ...options, "-o", next)).stderr).toBe("");
    const translated = join(folder, "three.keras");
    const again = await run("train", out, pictures, ...options, "-o", translated);
    expect(again).toMatchObject({ code: 0, stderr: "" });
    const state = readOptimizerState(openTraced(openFile(translated)).archive.optimizer);
    state[0]?.dataset.readInto(steps, 0);
    expect([state.length, steps[0]]).toEqual([28, 222]);
  });

  it("refuses to train nothing", async () => {
    const out = join(temporaryFolder(), "out.keras");
    const command = ["train", DIGITS.model, someDigits(1), ...OPTIONS, "-o", out];
    const { code, stderr } = await run(...command, "--freeze", "*");
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("No weight of the model is trained"),
    ]);
  });

  it("refuses pictures of one class only", async () => {
    const out = join(temporaryFolder(), "out.keras");
    const { code, stderr } = await run("train", DIGITS.model, someDigits(3, ["one"]), "-o", out);
    expect(code).toBe(2);
    expect(stderr).toContain("are all of one class: nothing can be told apart.");
  });

  it("tells which classes have no pictures", async () => {
    const pictures = someDigits(1, ["one", "two"]);
    mkdirSync(join(pictures, "__MACOSX"));
    const out = join(temporaryFolder(), "out.keras");
    const { code, stderr } = await run(
      ...["train", DIGITS.model, pictures, ...OPTIONS, "-o", out, "--new-head", "--epochs", "1"],
    );
    expect(code).toBe(0);
    expect(stderr).toContain('There is no picture to train with of "__MACOSX".');
  });

  it("refuses classes that are not those of the head, and names the way out", async () => {
    const out = join(temporaryFolder(), "out.keras");
    const pictures = someDigits(3, ["one", "two"]);
    const { code, stderr } = await run("train", DIGITS.model, pictures, ...OPTIONS, "-o", out);
    expect(code).toBe(2);
    expect(stderr).toContain("The model has 10 outputs, but the pictures have 2 classes.");
    expect(stderr).toContain("--new-head");
  });

  it.each([
    [["--learning-rate", "0"], "--learning-rate is 0: nothing would be learnt."],
    [["--learning-rate", "x-1"], "--learning-rate is x-1: nothing would be learnt."],
    [["--epochs", "0"], "--epochs is 0, expected a whole number above 0."],
    [["--validation-split", "2"], "--validation-split is 2, expected a part between 0 and 1."],
    [["--metrics", "f1"], '--metrics names "f1", which is not known here.'],
    [["--optimizer", "adam,rate=1"], '--optimizer adam has no setting "rate", expected'],
    [["--optimizer", "adam,momentum=0.9"], '--optimizer adam has no setting "momentum", expected'],
    [
      ["--optimizer", "adam,ema_frequency=1"],
      `no setting "ema_frequency", expected learning_rate, decay`,
    ],
    [["--optimizer", "adam,beta_1=2"], "--optimizer beta_1 is 2, expected a number from 0 to 1."],
    [
      ["--early-stopping", "patience=-1,monitor=loss"],
      "--early-stopping patience is -1, expected a whole number.",
    ],
    [
      ["--reduce-lr-on-plateau", "factor=-1,monitor=loss"],
      "--reduce-lr-on-plateau factor is -1, expected a number from 0 on.",
    ],
    [["--workers", "9999"], "--workers is 9999, expected at most "],
    [["--lr-schedule", "1=0"], '--lr-schedule has "1=0": nothing would be learnt.'],
    [["--lr-schedule", "rates.txt"], '--lr-schedule has "rates.txt", expected an epoch'],
    [["--lr-schedule", "1=0.1,1=0.2"], "--lr-schedule gives a rate for epoch 1 twice."],
    [
      ["--early-stopping", "3"],
      '--early-stopping looks at "val_loss", but only loss, acc are measured.',
    ],
    [["--checkpoint", "a-{val_acc}.keras"], 'asks for "val_acc", which was not measured.'],
    [["--save-best-only"], "--save-best-only and --monitor are for --checkpoint."],
    [["--lr-schedule", "0=0.1"], '--lr-schedule has "0=0.1", expected an epoch and its rate'],
  ])("refuses %j", async (options, text) => {
    const out = join(temporaryFolder(), "out.keras");
    const { code, stderr } = await run(
      ...["train", DIGITS.model, someDigits(1), ...OPTIONS, "-o", out, ...options],
    );
    expect(stderr).toContain(text);
    expect(code).toBe(2);
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTrainConfig } from "../../src/cli/train-config.ts";
import { TRAIN_FLAGS } from "../../src/cli/train-flags.ts";
import { DIGITS } from "../digits.ts";
import { someDigits } from "../some-digits.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const TABLE = TRAIN_FLAGS.flatMap(({ flags }) => flags);

function configFile(text: string): string {
  const path = join(temporaryFolder(), "kc.train.json");
  writeFileSync(path, text);
  return path;
}

function flagsOf(json: unknown): unknown {
  return readTrainConfig(configFile(JSON.stringify(json)), TABLE).flags;
}

describe("kc.train.json", () => {
  it("says options as if they were typed", () => {
    expect(
      flagsOf({
        $schema: "./schema.json",
        output: "out.keras",
        epochs: 5,
        learningRate: "x0.5",
        saveBestOnly: true,
        quiet: false,
        metrics: ["accuracy", "a,b"],
        earlyStopping: { patience: 3, restoreBestWeights: true },
        lrSchedule: { "1": 0.1, "5": "x0.1" },
        frozenNorm: "batch",
        inputShape: [96, 96, 3],
        classWeight: { apple: 2, "1": 0.5 },
        zoomRange: [0.8, 1.2],
        widthShiftRange: 0.2,
        brightnessRange: "0.5,1.5",
        headUnits: [256, 64],
      }),
    ).toEqual({
      output: "out.keras",
      epochs: "5",
      learningRate: "x0.5",
      saveBestOnly: true,
      metrics: "accuracy,a\\,b",
      earlyStopping: "patience=3,restore-best-weights=true",
      lrSchedule: "1=0.1,5=x0.1",
      frozenNorm: "batch",
      inputShape: ["96,96,3"],
      classWeight: '{"1":0.5,"apple":2}',
      zoomRange: "0.8,1.2",
      widthShiftRange: "0.2",
      brightnessRange: "0.5,1.5",
      headUnits: "256,64",
    });
  });

  it.each([
    ['{\n  "epochs": 5,\n}', /kc\.train\.json:3:1: This is no JSON: /],
    ["[]", /A configuration is a JSON object\./],
    [
      '{\n  "seed": 1,\n   "learning_rate": 1 }',
      /kc\.train\.json:3:4: "learning_rate" is not known\.\n {2}Did you mean "learningRate"\?/,
    ],
    [
      '{ "epochs": "ten" }',
      /kc\.train\.json:1:3: "epochs" is "ten", expected a whole number above 0\./,
    ],
    ['{ "epochs": 0 }', /kc\.train\.json:1:3: "epochs" is 0, expected a whole number above 0\./],
    ['{ "phases": [{ "epochs": -1 }] }', /:1:16: "phases\[0\]\.epochs" is -1, expected a whole/],
    ['{ "headDropout": 1 }', /"headDropout" is 1, expected a part from 0 to below 1\./],
    ['{ "workers": 1.5 }', /"workers" is 1\.5, expected a whole number\./],
    ['{ "phases": [] }', /:1:3: "phases" is empty, expected at least one phase\./],
    ['{ "zoomRange": ["a"] }', /"zoomRange" is \["a"\], expected a number, a list of numbers/],
    ['{ "classWeight": 2 }', /"classWeight" is 2, expected a text, or an object such as/],
    ['{ "classLabel": "a" }', /Known are "output", .*"classLabels", .*"zoomRange"/],
    ['{ "quiet": 1 }', /"quiet" is 1, expected true or false\./],
    ['{ "frozenNorm": "x" }', /"frozenNorm" is "x", expected "batch", "stored"\./],
    ['{ "metrics": [1] }', /"metrics" is \[1\], expected a text or a list of texts\./],
    ['{ "config": "other.json" }', /"config" is not known\./],
  ])("refuses %j where it is wrong", (text, message) => {
    expect(() => readTrainConfig(configFile(text), TABLE)).toThrow(message);
  });

  it.each([
    ['{ "learningRate": 0 }', ":1:3: --learning-rate is 0: nothing would be learnt."],
    [
      '{ "phases": [{}, { "learningRate": "fast" }] }',
      ':1:20: --learning-rate is "fast", expected a number',
    ],
    [
      '{ "earlyStopping": { "patience": -1 } }',
      "--early-stopping patience is -1, expected a whole",
    ],
    ['{ "zoomRange": [1, 2, 3] }', '--zoom-range is "1,2,3", expected low,high.'],
    ['{ "headUnits": [0] }', "--head-units has 0, expected whole numbers above 0: 256,64"],
    ['{ "reduceLrOnPlateau": "factor=x" }', '--reduce-lr-on-plateau factor is "x", expected'],
    ['{ "optimizer": "adam,beta_1=2" }', "--optimizer beta_1 is 2, expected a number from 0 to 1."],
  ])("refuses %j before the model is opened", async (text, message) => {
    const path = configFile(text);
    const { code, stderr } = await run("train", "none.h5", "none", "--config", path);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it("is counted less than the command line, and its lines are named in errors", async () => {
    const path = configFile(
      '{\n  "split": "first",\n  "epochs": 3,\n  "preprocess": "tf",\n  "backend": "wasm"\n}',
    );
    const command = ["train", DIGITS.model, someDigits(2), "--config", path, "--workers", "0"];
    const out = join(temporaryFolder(), "out.keras");
    const refused = await run(...command, "-o", out);
    expect(refused.stderr).toContain("kc.train.json:2:3: --split is for --validation-split.");
    const done = await run(
      ...command,
      "-o",
      out,
      "--epochs",
      "1",
      "--validation-split",
      "0.5",
      "--json",
    );
    expect(JSON.parse(done.stdout).history.epoch).toEqual([0]);
  });
});

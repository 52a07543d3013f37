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
        inputShape: ["1,96,96,3"],
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
      inputShape: ["1,96,96,3"],
    });
  });

  it.each([
    ['{\n  "epochs": 5,\n}', /kc\.train\.json:3:1: This is no JSON: /],
    ["[]", /A configuration is a JSON object\./],
    [
      '{\n  "seed": 1,\n   "learning_rate": 1 }',
      /kc\.train\.json:3:4: "learning_rate" is not known\.\n {2}Did you mean "learningRate"\?/,
    ],
    ['{ "epochs": "ten" }', /kc\.train\.json:1:3: "epochs" is "ten", expected a number\./],
    ['{ "quiet": 1 }', /"quiet" is 1, expected true or false\./],
    ['{ "frozenNorm": "x" }', /"frozenNorm" is "x", expected "batch", "stored"\./],
    ['{ "metrics": [1] }', /"metrics" is \[1\], expected a text or a list of texts\./],
    ['{ "config": "other.json" }', /"config" is not known\./],
  ])("refuses %j where it is wrong", (text, message) => {
    expect(() => readTrainConfig(configFile(text), TABLE)).toThrow(message);
  });

  it("is counted less than the command line, and its lines are named in errors", async () => {
    const path = configFile('{\n  "epochs": 0,\n  "preprocess": "tf",\n  "backend": "wasm"\n}');
    const command = ["train", DIGITS.model, someDigits(1), "--config", path, "--workers", "0"];
    const out = join(temporaryFolder(), "out.keras");
    const refused = await run(...command, "-o", out);
    expect(refused.stderr).toContain("kc.train.json:2:3: --epochs is 0, expected a whole number");
    const done = await run(...command, "-o", out, "--epochs", "1", "--json");
    expect(JSON.parse(done.stdout).history.epoch).toEqual([0]);
  });
});

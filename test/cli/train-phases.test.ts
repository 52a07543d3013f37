import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trainPhases } from "../../src/cli/train-phases.ts";
import { openFile } from "../../src/io/node.ts";
import { openTraced } from "../../src/sources/keras/traced-model.ts";
import { DIGITS } from "../digits.ts";
import { someDigits } from "../some-digits.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const OPTIONS = ["--preprocess", "tf", "--backend", "wasm", "--workers", "0", "--batch-size", "5"];

function parsed(phases: string, typed: Readonly<Record<string, string>> = {}) {
  const found = trainPhases({ typed: { ...typed, phases }, file: {}, phases: [] });
  return found.map(({ title, flags }) => [
    title,
    ...["epochs", "learningRate", "freeze", "unfreeze", "freezeAllButLast"].map(flags.text),
  ]);
}

describe("phases", () => {
  it("say what is trained, for how long, and at which rate", () => {
    expect(parsed("head:5, last-3:2@0.01, conv*:1, all:10@x0.1")).toEqual([
      ["1/4, head", "5", undefined, undefined, undefined, "1"],
      ["2/4, last-3", "2", "0.01", undefined, undefined, "3"],
      ["3/4, conv*", "1", undefined, "*", "conv*", undefined],
      ["4/4, all", "10", "x0.1", undefined, "*", undefined],
    ]);
  });

  it.each([
    ["head", '--phases has "head", expected what is trained and for how many epochs.'],
    ["head:0", '--phases has "head:0", expected'],
  ])("refuse %j", (text, message) => {
    expect(() => parsed(text)).toThrow(message);
  });

  it("exclude what they say themselves", () => {
    expect(() => parsed("head:1", { epochs: "3" })).toThrow("leave out --epochs.");
  });

  it.each([
    ["head:1,all:1@x0", "--learning-rate is x0: nothing would be learnt."],
    ["head:1,conb*:1", 'No layer is called "conb*"'],
    ["head:1,last-0:1", "No weight of the model is trained"],
  ])("are all checked before the first begins: %s", async (phases, message) => {
    const out = join(temporaryFolder(), "out.h5");
    const { code, stderr } = await run(
      ...["train", DIGITS.model, someDigits(1), ...OPTIONS, "-o", out, "--phases", phases],
    );
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("Phase 1");
    expect(code).toBe(2);
  });

  it("of a file count less than what is typed", () => {
    const file = { epochs: "9", seed: "4" };
    const phases = [{ epochs: "1" }, { learningRate: "x0.1" }];
    const own = trainPhases({ typed: { seed: "5" }, file, phases });
    expect(own.map(({ flags }) => [flags.text("epochs"), flags.text("seed")])).toEqual([
      ["1", "5"],
      ["9", "5"],
    ]);
    const [typed] = trainPhases({ typed: { epochs: "2" }, file, phases });
    expect(typed?.flags.text("epochs")).toBe("2");
  });

  it("train one after the other, and go on from within any", async () => {
    const pictures = someDigits(2);
    const folder = temporaryFolder();
    const place = (name: string): string => join(folder, name);
    const train = (name: string, ...more: readonly string[]) => {
      const files = ["-o", place(`${name}.h5`), "--history", place(`${name}.json`), "--force"];
      return run("train", DIGITS.model, pictures, ...OPTIONS, "--quiet", ...files, ...more);
    };
    const whole = ["--phases", "head:1,all:2@x0.1"];
    expect(await train("whole", ...whole)).toEqual({ code: 0, stdout: "", stderr: "" });
    const history = JSON.parse(readFileSync(place("whole.json"), "utf8"));
    expect(history.loss).toHaveLength(3);
    const { archive } = openTraced(openFile(place("whole.h5")), {});
    expect(archive.training).toMatchObject({
      optimizer_config: { config: { lr: Math.fround(0.003 * 0.1) } },
    });
    const backup = ["--backup", place("run")];
    await train("part", ...backup, "--phases", "head:1,all:1@x0.1");
    await train("part", ...backup, ...whole, "--resume");
    for (const ending of ["h5", "json"]) {
      const [a, b] = ["whole", "part"].map((name) => readFileSync(place(`${name}.${ending}`)));
      expect(b?.equals(a ?? new Uint8Array(0)), ending).toBe(true);
    }
  });

  it("stand in a file with options of their own", async () => {
    const folder = temporaryFolder();
    const config = join(folder, "kc.train.json");
    const phases = [
      { epochs: 1, freezeAllButLast: 1 },
      { epochs: 1, unfreeze: ["*"], learningRate: 0.0001, optimizer: "sgd" },
    ];
    writeFileSync(config, JSON.stringify({ phases, output: join(folder, "out.h5") }));
    const { code, stderr } = await run(
      ...["train", DIGITS.model, someDigits(1), ...OPTIONS, "--config", config],
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/Phase 1\/2\n.*Epoch 1\/1\n.*\nPhase 2\/2\n.*Epoch 2\/2\n/s);
    const { archive } = openTraced(openFile(join(folder, "out.h5")), {});
    expect(archive.training).toMatchObject({ optimizer_config: { class_name: "SGD" } });
    writeFileSync(config, '{\n "phases": [\n  { "epochs": 1, "output": "a.h5" }\n ] }');
    const refused = await run("train", DIGITS.model, someDigits(1), "--config", config);
    expect(refused.stderr).toContain('kc.train.json:3:18: "phases[0].output" is not known.');
  });
});

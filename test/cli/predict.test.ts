import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PREDICT_FLAGS } from "../../src/cli/predict-flags.ts";
import { FIXTURES, openCase, readArray } from "../cases.ts";
import { DIGITS } from "../digits.ts";
import { run } from "./run.ts";

const snacks = openCase("snacks/snacks_mobilenet025");
const MODEL = join(snacks.folder, "model.hdf5");
const PICTURE = join(snacks.folder, "picture_0.png");
const LABELS = join(FIXTURES, "snacks/labels.txt");
const WASM = ["--backend", "wasm"];

/** What Keras says of the first picture. */
function keras(): readonly number[] {
  const [output] = snacks.json.outputs;
  return output === undefined ? [] : [...readArray(snacks, output).subarray(0, 20)];
}

describe("kc predict", () => {
  it("names what it sees, with the preprocessing that the architecture is known to want", async () => {
    const { code, stdout, stderr } = await run(
      "predict",
      MODEL,
      PICTURE,
      "--class-labels",
      LABELS,
      "--top",
      "2",
      ...WASM,
    );
    expect([code, stdout]).toEqual([0, `${PICTURE}\n  cookie  72.25 %\n  orange  9.08 %\n`]);
    expect(stderr).toContain("pictures prepared: tf (Layer ");
  });

  it("gives Keras' probabilities with --json", async () => {
    const { stdout } = await run("predict", MODEL, PICTURE, "--json", ...WASM);
    const { pictures, classes } = JSON.parse(stdout);
    expect(classes).toHaveLength(20);
    const { abs, rel } = snacks.json.tolerance;
    keras().forEach((expected, at) => {
      const far = Math.abs(pictures[0].probabilities[at] - expected);
      expect(far).toBeLessThanOrEqual(abs + rel * expected);
    });
  });

  it("runs Core ML models too, with their own labels", async () => {
    const golden = join(snacks.folder, "golden.mlmodel");
    const { code, stdout } = await run("predict", golden, PICTURE, "--top", "1");
    expect([code, stdout]).toEqual([0, `${PICTURE}\n  cookie  72.25 %\n`]);
  });

  it("warns where it is not known how pictures were prepared", async () => {
    const { stderr } = await run("predict", DIGITS.model, join(DIGITS.test, "one"), ...WASM);
    expect(stderr).toContain("It is not known how pictures were prepared in training");
  });

  it("says nothing beside the result with --quiet", async () => {
    const folder = join(DIGITS.test, "one");
    expect((await run("predict", DIGITS.model, folder, "--quiet", ...WASM)).stderr).toBe("");
  });

  it("writes a table to the standard output", async () => {
    const args = ["--csv", "-", "--class-labels", LABELS, ...WASM];
    const { stdout } = await run("predict", MODEL, PICTURE, ...args);
    const [head = "", row = ""] = stdout.split("\r\n");
    expect(head).toBe(
      `file,predicted,${readFileSync(LABELS, "utf8").trim().split("\n").join(",")}`,
    );
    expect(row).toMatch(/picture_0\.png,cookie,0\.00/);
  });

  it("tells every option with --help", async () => {
    const { stdout } = await run("predict", "--help");
    for (const { flags } of PREDICT_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(flags);
    }
  });
});

describe("kc predict refuses", () => {
  it.each([
    [["--class-labels", "a,b"], 2, "There are 2 class labels, but the model gives 20 scores."],
    [["--tta", "mirror"], 2, '--tta is "mirror"'],
    [["--size", "100"], 2, '--size is "100", expected width and height: 224x224.'],
    [["--size", "100x100"], 2, "takes 224x224"],
    [["--batch-size", "0"], 2, "--batch-size is 0, expected a whole number above 0"],
    [["--half"], 2, "--half is for Core ML models."],
    [["--csv", FIXTURES], 7, "is a folder"],
  ])("%j", async (options, code, text) => {
    const result = await run("predict", MODEL, PICTURE, ...WASM, ...options);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(text)]);
  });

  it("a picture that does not exist, or is none", async () => {
    const missing = await run("predict", MODEL, "nowhere.png", ...WASM);
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining("does not exist")]);
    const none = await run("predict", MODEL, MODEL, ...WASM);
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining("not used: ")]);
    const list = await run("predict", MODEL, LABELS, ...WASM);
    expect([list.code, list.stderr]).toEqual([
      2,
      expect.stringContaining("None of the 20 pictures"),
    ]);
  });
});

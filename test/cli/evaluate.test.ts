import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EVALUATE_FLAGS } from "../../src/cli/evaluate-flags.ts";
import { DIGITS, digitsCase, digitsProbabilities } from "../digits.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const OPTIONS = ["--preprocess", "tf", "--backend", "wasm"];

/** A test folder with a few pictures of some classes. */
function someDigits(...classes: readonly string[]): string {
  const folder = temporaryFolder();
  for (const name of classes) {
    const files = digitsCase.filenames.filter((file) => file.startsWith(`${name}/`)).slice(0, 3);
    mkdirSync(join(folder, name));
    for (const file of files) cpSync(join(DIGITS.test, file), join(folder, file));
  }
  return folder;
}

describe("kc evaluate", () => {
  it("gives Keras' loss, accuracy and probabilities, file by file", async () => {
    const { code, stdout } = await run("evaluate", DIGITS.model, DIGITS.test, ...OPTIONS, "--json");
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      ok: true,
      images: 364,
      classes: Object.keys(digitsCase.class_indices),
    });
    expect(Math.abs(document.loss - digitsCase.loss)).toBeLessThan(1e-5);
    expect(document.accuracy).toBeCloseTo(digitsCase.accuracy, 6);
    expect(document.predictions.map(({ file }: { file: string }) => file)).toEqual(
      digitsCase.filenames,
    );
    const expected = digitsProbabilities();
    const far = document.predictions
      .flatMap(({ probabilities }: { probabilities: number[] }) => probabilities)
      .map((probability: number, at: number) => Math.abs(probability - (expected[at] ?? 0)));
    expect(far).toHaveLength(3640);
    expect(Math.max(...far)).toBeLessThan(1e-5);
    const right = document.confusionMatrix.map((row: number[], at: number) => row[at]);
    expect(right.reduce((sum: number, count: number) => sum + count, 0)).toBe(315);
  });

  it("tells the report of scikit-learn, the confusion matrix and the worst mistakes", async () => {
    const { code, stdout, stderr } = await run("evaluate", DIGITS.model, DIGITS.test, ...OPTIONS);
    expect(code).toBe(0);
    expect(stdout).toContain("pictures           364 of 364 used\n");
    expect(stdout).toContain("accuracy           86.54 %\n");
    expect(stdout).toContain("    accuracy                           0.87       364\n");
    expect(stdout).toMatch(/\neight +26 +3 +1 +1 +1 +0 +3 +0 +0 +0\n/);
    expect(stdout).toContain("three/1765.png  five 83.29 %   is three\n");
    expect(stderr).toContain("model.hdf5, wasm: ");
  });

  it("compares with the pictures as they are when views are averaged", async () => {
    const folder = someDigits(...Object.keys(digitsCase.class_indices));
    const args = ["evaluate", DIGITS.model, folder, ...OPTIONS, "--tta", "flip", "--json"];
    const { tta, accuracy } = JSON.parse((await run(...args)).stdout);
    expect(tta.name).toBe("flip");
    expect(tta.gain).toBeCloseTo(accuracy - tta.plainAccuracy, 12);
  });

  it("counts and names pictures that cannot be read, and ends with code 3", async () => {
    const folder = someDigits(...Object.keys(digitsCase.class_indices));
    writeFileSync(join(folder, "one/broken.png"), readFileSync(DIGITS.model).subarray(0, 200));
    writeFileSync(join(folder, "two/empty.png"), "");
    const { code, stdout, stderr } = await run("evaluate", DIGITS.model, folder, ...OPTIONS);
    expect(code).toBe(3);
    expect(stdout).toContain("30 of 32 used");
    expect(stderr).toContain("not used: one/broken.png: ");
    expect(stderr).toContain("not used: two/empty.png: It is empty.");
  });

  it("writes every prediction as a table", async () => {
    const folder = someDigits(...Object.keys(digitsCase.class_indices));
    const csv = join(temporaryFolder(), "predictions.csv");
    await run("evaluate", DIGITS.model, folder, ...OPTIONS, "--csv", csv);
    const lines = readFileSync(csv, "utf8").trimEnd().split("\r\n");
    expect(lines).toHaveLength(31);
    expect(lines[0]).toBe(
      `file,label,predicted,correct,${Object.keys(digitsCase.class_indices).join(",")}`,
    );
  });

  it("writes a page with pictures, and the figures as Markdown", async () => {
    const data = someDigits(...Object.keys(digitsCase.class_indices));
    const folder = temporaryFolder();
    const [page, markdown] = [join(folder, "report.html"), join(folder, "report.md")];
    const outputs = ["--report", page, "--markdown", markdown];
    const { code, stderr } = await run("evaluate", DIGITS.model, data, ...OPTIONS, ...outputs);
    expect(code).toBe(0);
    expect(stderr).toContain(`${page} written`);
    const html = readFileSync(page, "utf8");
    expect(html.match(/data:image\/jpeg;base64,/g)?.length).toBeGreaterThan(9);
    expect(html).not.toMatch(/(src|href)="(?!data:|#)/);
    const hash = createHash("sha256").update(readFileSync(DIGITS.model)).digest("hex");
    expect(html).toContain(hash);
    expect(readFileSync(markdown, "utf8")).toContain("## Worst mistakes");
  });

  it("prints one result at most", async () => {
    const both = ["--json", "--csv", "-"];
    const { code, stdout } = await run("evaluate", DIGITS.model, DIGITS.test, ...OPTIONS, ...both);
    expect(JSON.parse(stdout).errors[0].text).toBe(
      "Only one result can go to the standard output.",
    );
    expect(code).toBe(2);
  });

  it("tells every option with --help", async () => {
    const { stdout } = await run("evaluate", "--help");
    for (const { flags } of EVALUATE_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(flags);
    }
  });
});

describe("kc evaluate refuses", () => {
  it("a folder whose classes are not as many as the scores", async () => {
    const { code, stderr } = await run(
      "evaluate",
      DIGITS.model,
      someDigits("one", "two"),
      ...OPTIONS,
    );
    expect(code).toBe(2);
    expect(stderr).toContain('The model tells 10 classes apart, but there are 2: "one", "two".');
  });

  it("a class folder that is not among the labels", async () => {
    const labels = ["--class-labels", "0,1,2,3,4,5,6,7,8,9"];
    const { code, stderr } = await run(
      "evaluate",
      DIGITS.model,
      someDigits("one"),
      ...OPTIONS,
      ...labels,
    );
    expect(code).toBe(2);
    expect(stderr).toContain('1 class folder is not among the 10 labels: "one".');
  });

  it("a folder without pictures", async () => {
    const { code, stderr } = await run("evaluate", DIGITS.model, temporaryFolder(), ...OPTIONS);
    expect(code).toBe(2);
    expect(stderr).toContain("has no subfolders, expected one for each class.");
  });

  it("a model that takes no pictures", async () => {
    const dense = join(DIGITS.test, "../../micro/dense_bias/model.hdf5");
    const { code, stderr } = await run("evaluate", dense, DIGITS.test, ...OPTIONS);
    expect([code, stderr]).toEqual([2, expect.stringContaining("no picture")]);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SUMMARY_FLAGS } from "../../src/cli/summary-flags.ts";
import { FIXTURES } from "../cases.ts";
import { run, spawn } from "./run.ts";

const KERAS2 = join(FIXTURES, "generations/k224/model.hdf5");
const KERAS3 = join(FIXTURES, "generations/k3151_nested/model.keras");
const LAMBDA = join(FIXTURES, "micro/refuse_lambda/model.hdf5");

function reference(path: string): string {
  return readFileSync(join(FIXTURES, "summaries", path), "utf8");
}

describe("kc summary", () => {
  it("prints the table of the Keras that wrote the file", async () => {
    expect(await run("summary", KERAS2)).toEqual({
      code: 0,
      stdout: reference("keras2/k224.txt"),
      stderr: "",
    });
  });

  it("prints the table of another one when asked", async () => {
    const { code, stdout } = await run("summary", KERAS2, "--style", "tfkeras2", "--trainable");
    expect([code, stdout]).toEqual([0, reference("tfkeras2/k224.trainable.txt")]);
  });

  it("shows a Core ML network in the table of Keras 3, with Keras' words for its layers", async () => {
    const golden = join(FIXTURES, "generations/k224/golden.mlmodel");
    const { code, stdout } = await run("summary", golden, "--columns", "100", "--flops");
    expect(code).toBe(0);
    expect(stdout).toContain('Model: "golden"');
    expect(stdout).toMatch(/conv_dw_1 \(DepthwiseConv2D\) +│ \(None, 8, 8, 6\) +│ +54 │/);
    expect(stdout).toContain(" Total params: 1,804 (7.05 KB)");
    expect(stdout).toMatch(/\nhead +3,076 /);
  });

  it("fits the table of Keras 3 to a width", async () => {
    const wide = await run("summary", KERAS3, "--expand", "--columns", "100");
    expect(`${wide.stdout}\n`).toBe(reference("keras3/k3151_nested.expanded.txt"));
    const { stdout } = await run("summary", KERAS3, "--columns", "60");
    expect(stdout.split("\n")[1]).toHaveLength(56);
    expect(await run("summary", KERAS3, "--columns", "12")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error: The terminal is too narrow for the table.\n  Widen it, say --columns 100, or take another --style.\n",
    });
  });

  it("takes the table of tf.keras when that of Keras 2 cannot show what is asked for, and says so", async () => {
    const { code, stdout, stderr } = await run("summary", KERAS2, "--expand");
    expect([code, stdout]).toEqual([0, reference("tfkeras2/k224.expanded.txt")]);
    expect(stderr).toBe("Keras 2 cannot show this; here is the table of tf.keras 2.15.\n");
  });

  it("refuses what a style lacks", async () => {
    expect(await run("summary", KERAS2, "--style", "keras2", "--expand")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error: The table of Keras 2 has no --expand.\n  Add --style tfkeras2 or --style keras3.\n",
    });
    expect((await run("summary", KERAS2, "--style", "keras4")).stderr).toBe(
      'error: --style is "keras4", expected keras2 or tfkeras2 or keras3.\n',
    );
    expect((await run("summary", KERAS2, "--columns", "1.5")).stderr).toBe(
      "error: --columns is 1.5, expected a whole number from 1 to 1000.\n",
    );
  });

  it("shows a model with layers that cannot be converted, and says which", async () => {
    const { code, stdout, stderr } = await run("summary", LAMBDA);
    expect(code).toBe(0);
    expect(stdout).toContain("(Lambda)            ?                         0         \n");
    expect(stderr).toContain('warning: Layer "lambda_1" (Lambda): its body is Python byte code');
  });

  it("refuses to count what such a model costs", async () => {
    const { code, stderr } = await run("summary", LAMBDA, "--flops");
    expect(code).toBe(4);
    expect(stderr).toContain(
      "error: The cost of a model cannot be counted when not all its layers are known.\n",
    );
  });

  it("adds what the layers cost", async () => {
    const { stdout } = await run("summary", KERAS2, "--flops", "--memory");
    const cost = stdout.slice(reference("keras2/k224.txt").length);
    // 3·3·3·6 kernel at 8×8 places, two operations each; 2 for each normalised element.
    expect(cost).toContain(`
conv1                    20,736   62.8 %       1.50 KB
conv1_bn                    768    2.3 %       1.50 KB
`);
    expect(cost).toContain("Memory of the weights: 7.05 KB\n");
  });

  it("prints one JSON document", async () => {
    const { stdout, stderr } = await run("summary", KERAS3, "--json");
    expect(stderr).toBe("");
    const { layers, ...rest } = JSON.parse(stdout);
    expect(rest).toMatchObject({
      ok: true,
      file: "model.keras",
      name: "small",
      style: "keras3",
      parameters: { total: 1804, trainable: 1540, nonTrainable: 264 },
      weightBytes: 7216,
      warnings: [],
    });
    expect(layers[1]).toMatchObject({ name: "base", trainable: false, parameters: 264 });
    expect(layers[1].layers[1]).toMatchObject({
      path: "base/conv1",
      calls: [
        {
          inputs: [{ layer: "input_1", call: 0, tensor: 0 }],
          outputShapes: [[null, 8, 8, 6]],
        },
      ],
    });
  });

  it("reads the standard input, and knows COLUMNS", () => {
    const { stdout } = spawn(["summary", "-"], {
      input: readFileSync(KERAS3),
      env: { COLUMNS: "100" },
    });
    expect(`${stdout}\n`).toBe(reference("keras3/k3151_nested.txt"));
  });

  it("tells every option and examples with --help", async () => {
    const { stdout } = await run("summary", "--help");
    for (const { flags } of SUMMARY_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(`  ${flags}`);
    }
    expect(stdout).toContain("  $ kc summary model.h5\n");
  });

  it("asks for the model that is missing", async () => {
    expect((await run("summary")).stderr).toBe(
      'error: Missing required argument "model".\n  Usage: kc summary <model> [options]\n',
    );
  });
});

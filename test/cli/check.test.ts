import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CHECK_FLAGS } from "../../src/cli/check-flags.ts";
import { FIXTURES } from "../cases.ts";
import { run } from "./run.ts";

const LAMBDA = join(FIXTURES, "micro/refuse_lambda/model.hdf5");
const LSTM = join(FIXTURES, "micro/lstm/model.hdf5");

describe("kc check", () => {
  it("tells every option and examples with --help", async () => {
    const { code, stdout } = await run("check", "--help");
    expect(code).toBe(0);
    for (const { flags } of CHECK_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(`  ${flags} `);
    }
    expect(stdout).toContain("  $ kc check model.h5\n");
  });

  it("says that nothing stands in the way", async () => {
    expect(await run("check", LSTM)).toEqual({
      code: 0,
      stdout: "nothing stands in the way: model.hdf5 can become Core ML (.mlmodel)\n",
      stderr: "",
    });
  });

  it("lists what does, with what to do about it, and ends with code 4", async () => {
    expect(await run("check", LAMBDA)).toEqual({
      code: 4,
      stdout: `obstacle: Layer "lambda_1" (Lambda): its body is Python byte code stored in the file. Running code from a model file is dangerous and is never done here.
  Say what "lambda_1" computes in a layer spec of your own (--custom FILE.mjs), or replace it in the model by Keras layers.
1 obstacle
`,
      stderr: "",
    });
  });

  it("checks a Core ML network as kc convert takes it", async () => {
    const network = join(FIXTURES, "micro/lstm/golden.mlmodel");
    const checked = await run("check", network, "--to", "onnx");
    expect([checked.code, checked.stdout]).toEqual([
      0,
      "nothing stands in the way: golden.mlmodel can become ONNX (.onnx)\n",
    ]);
    const custom = await run("check", join(FIXTURES, "micro/arg_custom_layer/golden.mlmodel"));
    expect(custom.code).toBe(4);
    expect(custom.stdout).toMatch(/\(custom\): its code is in the app\.\n1 obstacle\n$/);
  });

  it("refuses an ML Program by its name", async () => {
    const program = join(FIXTURES, "mlpackage/examples/cnn-fp16.mlpackage");
    const { code, stdout } = await run("check", program);
    expect([code, stdout]).toEqual([
      4,
      "obstacle: Only neural networks can be read as layers; this is an ML Program.\n1 obstacle\n",
    ]);
  });

  it("prints one document with --json", async () => {
    const { code, stdout } = await run("check", LAMBDA, "--json");
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      model: "model.hdf5",
      target: "mlmodel",
      obstacles: [{ code: "unsupported", at: { layer: "lambda_1", className: "Lambda" } }],
      warnings: [],
    });
  });

  it("refuses targets that it does not know", async () => {
    const { code, stderr } = await run("check", LSTM, "--to", "tflite");
    expect([code, stderr]).toEqual([
      2,
      'error: --to is "tflite", expected mlmodel or onnx or tfjs or tfjs-graph or keras.\n',
    ]);
  });
});

import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const KERAS = join(FIXTURES, "generations/k224/model.hdf5");

async function written(...flags: readonly string[]): Promise<string> {
  const path = join(temporaryFolder(), "a.onnx");
  await run("convert", KERAS, path, "--author", "somebody", ...flags);
  return path;
}

describe("an ONNX model as input", () => {
  it("is shown and drawn", async () => {
    const path = await written();
    expect((await run("summary", path)).stdout).toContain("head/Gemm (Gemm)");
    expect((await run("plot", path, "-o", join(temporaryFolder(), "a.svg"))).code).toBe(0);
  });

  it("is inspected, down to the message", async () => {
    const path = await written();
    const { container, inputs, arrays } = JSON.parse((await run("inspect", path, "--json")).stdout);
    expect(container).toMatchObject({
      kind: "ONNX",
      opsets: ["ai.onnx 13"],
      writer: "keras-converter",
      metadata: [["model_author", "somebody"]],
      files: [],
    });
    expect(inputs).toEqual([{ name: "input_1", shape: [null, 16, 16, 3], dtype: "float32" }]);
    expect(arrays[0]).toMatchObject({ path: "conv1.kernel", dtype: "float32", nans: 0 });
    const { stdout } = await run("inspect", path, "--tree", "--no-stats");
    expect(stdout).toMatch(/^ +opType {2}"Conv"$/m);
  });

  it("with its numbers in another file needs that file for their statistics only", async () => {
    const path = await written("--external-data");
    const whole = JSON.parse((await run("inspect", path, "--json")).stdout);
    expect(whole.container.files).toEqual(["a.onnx.data"]);
    const storage = "in a.onnx.data";
    expect(whole.arrays).toContainEqual(
      expect.objectContaining({ storage, nans: 0, min: expect.any(Number) }),
    );
    rmSync(`${path}.data`);
    const { stdout, stderr, code } = await run("inspect", path);
    expect([code, stdout]).toEqual([0, expect.stringContaining("in a.onnx.data")]);
    expect(stderr).toContain('lie in "a.onnx.data", which is not there.');
  });

  it("is not converted", async () => {
    const path = await written();
    expect(await run("convert", path, join(temporaryFolder(), "b.mlmodel"))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("ONNX models are shown"),
    });
  });
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const SNACKS = join(FIXTURES, "snacks/snacks_mobilenet025/model.hdf5");
const LABELS = join(FIXTURES, "snacks/labels.txt");
const SMALL = join(FIXTURES, "generations/k224/model.hdf5");
const TWO_OUTPUTS = join(FIXTURES, "micro/topo_multi_output/model.hdf5");

async function convert(model: string, ...options: readonly string[]) {
  const output = join(temporaryFolder(), "model.onnx");
  const result = await run("convert", model, output, ...options);
  return { ...result, output };
}

describe("kc convert to .onnx", () => {
  it("says what it made", async () => {
    const { code, stderr } = await convert(SNACKS);
    expect([code, stderr.split("\n").slice(1)]).toEqual([
      0,
      [
        "  in   mobilenet_0.25_224_input  array ? × 224 × 224 × 3",
        "  out  activation_1              array ? × 20",
        "  87 layers, 223,684 parameters, ONNX opset 13",
        "",
      ],
    ]);
  });

  it("writes the same file whether the name or --to says what it is", async () => {
    const { output } = await convert(SMALL);
    const other = join(temporaryFolder(), "model.bin");
    await run("convert", SMALL, other, "--to", "onnx");
    expect(readFileSync(other).equals(readFileSync(output))).toBe(true);
  });

  it("keeps metadata and class labels in the model", async () => {
    const { output } = await convert(
      SNACKS,
      ...["--author", "A. Tester", "--license", "MIT", "--model-version", "1.2"],
      ...["--class-labels", LABELS, "--user-defined", "b=2", "--short-description", "Snacks"],
    );
    const text = readFileSync(output).toString("latin1");
    for (const part of [
      ...["model_author", "A. Tester", "model_license", "MIT", "model_version", "1.2"],
      ...["class_labels", '["apple","banana"', "Snacks"],
    ]) {
      expect(text).toContain(part);
    }
  });

  it("gives inputs and outputs the names asked for", async () => {
    const { output } = await convert(TWO_OUTPUTS, "--output-names", "first,second");
    const session = await ort.InferenceSession.create(readFileSync(output));
    expect(session.outputNames).toEqual(["first", "second"]);
    await session.release();
  });

  it("puts weights into a file of their own with --external-data", async () => {
    const { output } = await convert(SNACKS, "--external-data");
    const data = `${output}.data`;
    expect(existsSync(data)).toBe(true);
    const session = await ort.InferenceSession.create(readFileSync(output), {
      externalData: [{ path: "model.onnx.data", data: readFileSync(data) }],
    });
    expect(session.inputNames).toEqual(["mobilenet_0.25_224_input"]);
    await session.release();
  });

  it("takes half the room with float16 weights", async () => {
    const [whole, half] = [
      await convert(SNACKS),
      await convert(SNACKS, "--model-precision", "float16"),
    ];
    const share = readFileSync(half.output).length / readFileSync(whole.output).length;
    expect(share).toBeLessThan(0.55);
  });
});

describe("kc convert to .onnx refuses", () => {
  it("options that are for other targets", async () => {
    const { code, stderr } = await convert(SMALL, "--red-bias", "1");
    expect([code, stderr]).toEqual([
      2,
      "error: --red-bias means nothing for ONNX (.onnx).\n  Leave it out; it is for Core ML (.mlmodel).\n",
    ]);
  });

  it("options of its own for Core ML", async () => {
    const output = join(temporaryFolder(), "Model.mlmodel");
    const { code, stderr } = await run("convert", SMALL, output, "--external-data");
    expect([code, stderr]).toEqual([
      2,
      "error: --external-data means nothing for Core ML (.mlmodel).\n  Leave it out; it is for ONNX (.onnx).\n",
    ]);
  });

  it("names that the model does not have", async () => {
    const { code, stderr } = await convert(SMALL, "--inputs-as-nchw", "picture");
    expect([code, stderr]).toEqual([
      2,
      'error: --inputs-as-nchw names "picture", which is none of the model\'s inputs.\n  There are: input_1.\n',
    ]);
  });

  it("too few names", async () => {
    const { code, stderr } = await convert(TWO_OUTPUTS, "--output-names", "one");
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^error: --output-names has 1 of the 2 names that the model needs: /),
    ]);
  });

  it("a second file on the standard output", async () => {
    const { code, stderr } = await run("convert", SMALL, "-", "--to", "onnx", "--external-data");
    expect([code, stderr]).toEqual([
      2,
      "error: The weights go to a file of their own, which the standard output cannot take.\n  Give an output file instead of -.\n",
    ]);
  });
});

describe("kc check --to onnx", () => {
  it("says that nothing stands in the way", async () => {
    expect(await run("check", SMALL, "--to", "onnx")).toEqual({
      code: 0,
      stdout: "nothing stands in the way: model.hdf5 can become ONNX (.onnx)\n",
      stderr: "",
    });
  });
});

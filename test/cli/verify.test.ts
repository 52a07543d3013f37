import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VERIFY_FLAGS } from "../../src/cli/verify-flags.ts";
import { collectBytes } from "../../src/formats/bytes.ts";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import { encodeModel } from "../../src/formats/coreml/encode.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const SNACKS = join(FIXTURES, "snacks/snacks_mobilenet025");
const SNACKS_LABELS = join(FIXTURES, "snacks/labels.txt");
const LSTM = join(FIXTURES, "micro/lstm");
const IMAGE = join(FIXTURES, "micro/arg_image_rgb");

const model = (folder: string): string => join(folder, "model.hdf5");
const golden = (folder: string): string => join(folder, "golden.mlmodel");

/** Times differ from run to run. */
function timeless(text: string): string {
  return text.replace(/\d+\.\d\d s$/m, "0.00 s");
}

/** A converted model, by the command. */
async function converted(source: string, ...options: readonly string[]): Promise<string> {
  const output = join(temporaryFolder(), "Model.mlmodel");
  const { code, stderr } = await run("convert", source, output, "--quiet", ...options);
  expect([code, stderr]).toEqual([0, ""]);
  return output;
}

describe("kc verify", () => {
  it("tells every option and examples with --help", async () => {
    const { code, stdout } = await run("verify", "--help");
    expect(code).toBe(0);
    for (const { flags } of VERIFY_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(`  ${flags} `);
    }
    expect(stdout).toContain("  $ kc verify model.h5 Model.mlmodel\n");
  });

  it("finds a model of coremltools equal, and tells the figures", async () => {
    const { code, stdout, stderr } = await run("verify", model(LSTM), golden(LSTM));
    expect([code, stdout]).toEqual([0, ""]);
    expect(timeless(stderr)).toMatch(
      new RegExp(
        "^model\\.hdf5 ↔ golden\\.mlmodel, 10 inputs, 0\\.00 s\n" +
          "  out  output1  largest difference \\S+ \\(\\S+ of the largest number\\), cosine 1\\.000000, top-1 10/10\n" +
          "  allowed: 0\\.0001 of an output's largest number\nequal\n$",
      ),
    );
  });

  it("recognises how pictures were prepared, says so, and takes a folder of pictures", async () => {
    const options = ["--images", SNACKS, "--class-labels", SNACKS_LABELS] as const;
    const { code, stderr } = await run("verify", model(SNACKS), golden(SNACKS), ...options);
    expect(code).toBe(0);
    expect(stderr).toContain(", 2 inputs, ");
    expect(stderr).toContain("  pictures prepared for Keras: tf (Layer ");
    expect(stderr).toContain(", top-1 2/2, top-5 2/2\n");
  });

  it("gives one document with --json, and equal ones for equal seeds", async () => {
    const options = ["--random", "2", "--seed", "7", "--json"] as const;
    const first = await run("verify", model(LSTM), golden(LSTM), ...options);
    const second = await run("verify", model(LSTM), golden(LSTM), ...options);
    const document = JSON.parse(first.stdout);
    expect(document).toEqual({
      ok: true,
      exitCode: 0,
      model: "model.hdf5",
      coreML: "golden.mlmodel",
      samples: 2,
      tolerance: 1e-4,
      half: false,
      outputs: [
        {
          name: "output1",
          keras: "lstm_1",
          size: 4,
          absolute: expect.any(Number),
          relative: expect.any(Number),
          cosine: expect.any(Number),
          top1: 2,
        },
      ],
      warnings: [],
      milliseconds: expect.any(Number),
    });
    expect(JSON.parse(second.stdout).outputs).toEqual(document.outputs);
  });

  it("ends with code 5 and names the input when pixels are not scaled", async () => {
    const output = await converted(model(IMAGE), "--image-input-names", "input1");
    const { code, stderr } = await run("verify", model(IMAGE), output, "--preprocess", "tf");
    expect(code).toBe(5);
    expect(stderr).toMatch(
      /\ndifferent: The input "conv2d_1_input" enters the two models differently \(\S+ of its largest number, on random \d+\): scale, bias or order of colours\.\n$/,
    );
  });

  it("ends with code 5 and names the layer that is wrong", async () => {
    const output = join(temporaryFolder(), "Wrong.mlmodel");
    const { neuralNetwork, ...rest } = decodeModel(readFileSync(golden(LSTM)));
    const layers = (neuralNetwork?.layers ?? []).map(({ uniDirectionalLSTM: lstm, ...layer }) => ({
      ...layer,
      uniDirectionalLSTM: { ...lstm, reverseInput: true },
    }));
    const wrong = { ...rest, neuralNetwork: { ...neuralNetwork, layers } };
    writeFileSync(output, collectBytes(encodeModel(wrong)));
    const { code, stdout } = await run("verify", model(LSTM), output, "--json");
    const { ok, exitCode, divergence } = JSON.parse(stdout);
    expect([code, ok, exitCode]).toEqual([5, false, 5]);
    expect(divergence).toEqual({
      layer: "lstm_1",
      className: "LSTM",
      relative: expect.any(Number),
    });
  });

  it("ends with code 5 when labels are exchanged", async () => {
    const scaled = ["--preprocess", "tf", "--class-labels", "ant,cat,bee"] as const;
    const { code, stderr } = await run("verify", model(IMAGE), golden(IMAGE), ...scaled);
    expect(code).toBe(5);
    expect(stderr).toMatch(
      /\ndifferent: Label 1 of the Core ML model is "bee", expected "cat"\.\n$/,
    );
  });

  it("imitates half precision with --half", async () => {
    const { code, stdout } = await run("verify", model(LSTM), golden(LSTM), "--half", "--json");
    const { half, tolerance, outputs } = JSON.parse(stdout);
    expect([code, half, tolerance]).toEqual([0, true, 0.06]);
    expect(outputs[0].relative).toBeGreaterThan(1e-5);
  });

  it("says when the models are the other way round", async () => {
    const { code, stderr } = await run("verify", golden(LSTM), model(LSTM));
    expect(code).toBe(2);
    expect(stderr).toBe(
      `error: model.hdf5 is no Core ML model, but ${golden(LSTM)} seems to be one.\n  The Keras model comes first: kc verify <model> <coreml>\n`,
    );
  });

  it("makes no more random inputs than fit in memory", async () => {
    const { code, stderr } = await run("verify", model(LSTM), golden(LSTM), "--random", "1e10");
    expect([code, stderr]).toEqual([
      2,
      "error: --random is 10000000000, expected at most 10000.\n",
    ]);
  });

  it("takes the tolerance it is told", async () => {
    const options = ["--half", "--tolerance", "1e-6", "--quiet"] as const;
    const { code, stderr } = await run("verify", model(LSTM), golden(LSTM), ...options);
    expect(code).toBe(5);
    expect(stderr).toMatch(
      /^different: The first layer that differs is "lstm_1" \(LSTM\), by \S+ of its largest number, on random \d+\.\n$/,
    );
  });
});

describe("kc verify of a package", () => {
  const PACKAGES = join(FIXTURES, "mlpackage/keras");
  const packed = (name: string) => join(PACKAGES, name, "model.mlpackage.zip");

  it("finds a program of coremltools equal, also with its labels", async () => {
    const source = join(PACKAGES, "image_rgb/model.keras");
    const pixels = ["--image-scale", String(2 / 255), "--red-bias", "-1", "--green-bias", "-0.9"];
    const options = [...pixels, "--blue-bias", "-1.1", "--class-labels", "ant,bee,cat"];
    const { code, stderr } = await run("verify", source, packed("image_rgb"), ...options);
    expect([code, stderr.split("\n").at(-2)]).toEqual([0, "equal"]);
  });

  it("ends with code 5 and names the input when pixels are prepared otherwise", async () => {
    const source = join(PACKAGES, "image_rgb/model.keras");
    const options = ["--preprocess", "tf"];
    const { code, stderr } = await run("verify", source, packed("image_rgb"), ...options);
    expect([code, stderr]).toEqual([
      5,
      expect.stringContaining('The input "x" enters the two models'),
    ]);
  });

  it("does not take any folder for one", async () => {
    const folder = temporaryFolder();
    const source = join(PACKAGES, "pools/model.keras");
    const { code, stderr } = await run("verify", source, folder);
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining("is a folder without Manifest.json"),
    ]);
  });
});

describe("kc verify refuses", () => {
  it.each([
    [["--random", "0"], "--random 0 leaves nothing to compare."],
    [["--random", "1.5"], "--random is 1.5, expected a whole number."],
    [["--tolerance", "0"], "--tolerance is 0, expected a number above 0."],
    [
      ["--images", SNACKS],
      "--images: no input of the model is known to take pictures.\n" +
        "  Say how they are prepared: --preprocess tf, caffe, torch, 0-1 or none.",
    ],
    [
      ["--preprocess", "tf", "--red-bias", "1"],
      "--preprocess and a scale or bias of your own exclude each other.",
    ],
  ])("%j", async (options, text) => {
    const { code, stderr } = await run("verify", model(LSTM), golden(LSTM), ...options);
    expect([code, stderr]).toEqual([2, `error: ${text}\n`]);
  });

  it("a folder without pictures", async () => {
    const options = ["--images", temporaryFolder()] as const;
    const { code, stderr } = await run("verify", model(IMAGE), golden(IMAGE), ...options);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: No pictures in \S+\.\n {2}JPEG, PNG, WebP, GIF and BMP files are read\.\n$/,
    );
  });

  it("a model that was not made of this one", async () => {
    const { code, stderr } = await run("verify", model(LSTM), golden(IMAGE));
    expect([code, stderr]).toEqual([
      2,
      'error: The Core ML input "image" takes pictures of 6 by 8 pixels and 3 channels, but the Keras input "in" has shape (null, 6, 3).\n' +
        "  Is this file made of this model?\n",
    ]);
  });

  it("a file that is no Core ML model", async () => {
    const { code, stderr } = await run("verify", model(LSTM), model(LSTM));
    expect(code).toBe(3);
    expect(stderr).toContain("This is not a Core ML model");
  });
});

describe("kc convert --verify", () => {
  it("converts and compares in one go", async () => {
    const output = join(temporaryFolder(), "Model.mlmodel");
    const pictures = ["--image-input-names", "input1", "--preprocess", "torch"] as const;
    const { code, stderr } = await run("convert", model(IMAGE), output, "--verify", ...pictures);
    expect(code).toBe(0);
    expect(stderr).toContain("  pictures prepared for Keras: torch\n");
    expect(stderr).toMatch(/\nequal\n$/);
  });

  it("compares with pictures prepared by the scale and biases given", async () => {
    const output = join(temporaryFolder(), "Model.mlmodel");
    const pixels = ["--image-scale", "1/128", "--red-bias", "-1", "--blue-bias", "-0.5"] as const;
    const options = ["--image-input-names", "input1", ...pixels, "--json"] as const;
    const { code, stdout } = await run("convert", model(IMAGE), output, "--verify", ...options);
    const { ok, verification } = JSON.parse(stdout);
    expect([code, ok, verification.ok, verification.samples]).toEqual([0, true, true, 10]);
    expect(verification.preprocessing).toEqual({ name: "as given" });
  });
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TARGET_NAMES, TARGETS } from "../../src/cli/targets.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { SMALL, SNACKS } from "./converted.ts";
import { run } from "./run.ts";

/** What may be given as output. */
const EXPECTED = TARGETS.map(({ expected }) => expected).join(" or ");

/** Asserts a refusal: its exit code and its whole text. */
async function refuse(code: number, text: string, ...argv: readonly string[]): Promise<void> {
  const output = join(temporaryFolder(), "Model.mlmodel");
  const [model = "", ...options] = argv;
  const result = await run("convert", model, output, ...options);
  expect(result).toEqual({ code, stdout: "", stderr: `error: ${text}\n` });
}

describe("options that do not fit end with code 2:", () => {
  it.each([
    [
      ["--class-labels", "a,b,c"],
      'There are 3 class labels, but the output "activation_1" has 20 scores.\n  Give exactly one label for each score, in the order of the scores.',
    ],
    [
      ["--class-labels", "a,a,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t"],
      'The class label "a" occurs twice.',
    ],
    [
      ["--binary-labels", "no,yes"],
      '--binary-labels need an output of one number, but "activation_1" has 20 scores.\n  Give one label for each score: --class-labels.',
    ],
    [["--binary-labels", "no"], "--binary-labels gives 1 labels, expected 2: no,yes."],
    [
      ["--input-names", "a,b"],
      "--input-names gives 2 names, but the model has 1 input: mobilenet_0.25_224_input.",
    ],
    [
      ["--image-input-names", "photo"],
      '--image-input-names names "photo", which is none of the model\'s inputs.\n  There are: input1.',
    ],
    [
      ["--preprocess", "tf", "--image-input-names", "input1", "--red-bias", "1"],
      "--preprocess and a scale or bias of your own exclude each other.\n  Give either --preprocess, or --image-scale and the biases.",
    ],
    [
      ["--use-float-arraytype", "--use-double-arraytype"],
      "--use-float-arraytype and --use-double-arraytype exclude each other.",
    ],
    [["--model-precision", "int8"], '--model-precision is "int8", expected float32 or float16.'],
    [["--red-bias", "x"], '--red-bias is "x", expected a number such as -1, 0.5 or 2/255.'],
    [
      ["--input-shape", "1,128,128,3"],
      'The shape (1, 128, 128, 3) given for input "mobilenet_0.25_224_input" contradicts the file, where it is (null, 224, 224, 3).',
    ],
    [
      ["--backend", "torchy"],
      'The backend "torchy" is not known, expected one of tensorflow, theano, cntk, jax, torch.',
    ],
  ])("%j", async (options, text) => {
    await refuse(2, text, SNACKS, ...options);
  });

  it("pixels of a model without pictures", async () => {
    await refuse(
      2,
      "--preprocess needs to know which inputs take a picture.\n  Add --image-input-names, for example: --image-input-names input1",
      join(FIXTURES, "layers/k3_bilstm_concat/model.h5"),
      ...["--preprocess", "tf"],
    );
  });
});

describe("inputs that are no model end with code 3:", () => {
  const bytes = readFileSync(SMALL);
  it.each([
    [
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n",
      "model.h5: This is a Git LFS pointer, not the model; the model itself has 12345 bytes.\n  Fetch the model: git lfs pull",
    ],
    [
      "<!DOCTYPE html><html></html>",
      "model.h5: This is a web page, not a model.\n  The download was answered by a login or error page. Fetch the file itself, the raw one.",
    ],
    ["", "model.h5: The file is empty (0 bytes).\n  Fetch it again."],
    [
      bytes.subarray(0, 20_000),
      "model.h5: The HDF5 file is truncated at byte 20000 of 38400.\n  The download or copy was interrupted; fetch the file again.",
    ],
  ])("%.20s", async (content, text) => {
    const path = join(temporaryFolder(), "model.h5");
    writeFileSync(path, content);
    await refuse(3, text, path);
  });

  it("a file that is not there", async () => {
    await refuse(
      3,
      "no/model.h5 cannot be opened: it does not exist.\n  Check the path and the spelling.",
      "no/model.h5",
    );
  });

  it("weights without their architecture", async () => {
    await refuse(
      3,
      "weights.h5: This file holds weights only, not the architecture: those of 10 layers (input_1, conv1, conv1_bn, conv1_relu, conv_dw_1, conv_dw_1_bn, …).\n  Give the architecture too: --architecture model.json, made with model.to_json() in Keras.",
      join(FIXTURES, "generations/k224/weights.h5"),
    );
  });

  it("an architecture that lacks some of its weights", async () => {
    const text = readFileSync(join(FIXTURES, "generations/k224/architecture.json"), "utf8");
    const dense = '"class_name": "Dense", "config": {"name": "prob", "units": 4}';
    const path = join(temporaryFolder(), "model.json");
    const activation = /"class_name": "Activation", "config": \{"name": "prob"[^}]*\}/;
    writeFileSync(path, text.replace(activation, dense));
    await refuse(
      3,
      'weights.h5: No weights are stored for layer "prob".\n  The architecture and the weights are not of the same model; one of them may be without its top layers.',
      join(FIXTURES, "generations/k224/weights.h5"),
      ...["--architecture", path],
    );
  });
});

describe("models that cannot be expressed end with code 4:", () => {
  it("Lambda, whose code is never run", async () => {
    await refuse(
      4,
      'Layer "lambda_1" (Lambda): its body is Python byte code stored in the file. Running code from a model file is dangerous and is never done here.\n  Say what "lambda_1" computes in a layer spec of your own (--custom FILE.mjs), or replace it in the model by Keras layers.',
      join(FIXTURES, "micro/refuse_lambda/model.hdf5"),
    );
  });

  it("Model.mlpackage, a target of later", async () => {
    expect(await run("convert", SMALL, "Model.mlpackage")).toEqual({
      code: 4,
      stdout: "",
      stderr: `error: Writing ML Programs (.mlpackage) is not possible yet; it comes in a later version.\n  Give ${EXPECTED}.\n`,
    });
  });

  it("but an output of no known kind is wrong usage", async () => {
    expect(await run("convert", SMALL, "model")).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: model does not say what to write, expected ${EXPECTED}.\n  Give such an output, or say what it is: --to ${TARGET_NAMES.join(" or ")}.\n`,
    });
  });
});

describe("a fault of kc itself", () => {
  it("ends with code 1 and says how to report it", async () => {
    const custom = join(temporaryFolder(), "layers.mjs");
    writeFileSync(
      custom,
      'export default { classNames: ["Flatten"], lower() { return nothing; } };',
    );
    const output = join(temporaryFolder(), "Model.mlmodel");
    const { code, stderr } = await run("convert", SMALL, output, "--custom", custom);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: .*nothing is not defined.*\n {2}This is a fault of kc, not of your model\. Please report it with the command, the model if you may share it, and these lines:\n {2}kc \d+\.\d+\.\d+, Node v\d+/,
    );
  });
});

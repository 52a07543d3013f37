import "@tensorflow/tfjs-backend-cpu";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { describe, expect, it } from "vitest";
import { caseDifferences } from "../case-numbers.ts";
import { FIXTURES, openCase, readArray } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const SMALL = join(FIXTURES, "generations/k3151/model.h5");

/** The folder's files as tfjs reads them from anywhere. */
function fromFolder(folder: string): tf.io.IOHandler {
  const { modelTopology, weightsManifest, signature } = JSON.parse(
    readFileSync(join(folder, "model.json"), "utf8"),
  );
  const [{ paths, weights: weightSpecs }] = weightsManifest;
  const shards = paths.map((path: string) => readFileSync(join(folder, path)));
  const weightData = Uint8Array.from(Buffer.concat(shards)).buffer;
  return tf.io.fromMemory({ modelTopology, weightSpecs, weightData, signature });
}

describe("kc convert to a folder", () => {
  it("writes a layers model that tf.loadLayersModel loads, with the numbers of Keras", async () => {
    await tf.setBackend("cpu");
    const testCase = openCase("generations/k3151");
    const folder = join(temporaryFolder(), "web/");
    const { code, stderr } = await run("convert", SMALL, folder);
    expect([code, stderr]).toEqual([0, expect.stringContaining("TensorFlow.js layers")]);
    expect(readdirSync(folder).sort()).toEqual(["group1-shard1of1.bin", "model.json"]);
    const model = await loadLayersModel(fromFolder(folder));
    const [input] = testCase.json.inputs;
    if (input === undefined) throw new Error("the case has no input");
    const output = model.predict(tf.tensor(readArray(testCase, input), [...input.shape]));
    if (Array.isArray(output)) throw new Error("several outputs");
    const result = { name: "out", shape: output.shape, data: Float32Array.from(output.dataSync()) };
    expect(caseDifferences([result], testCase)).toEqual([]);
  });

  it("writes a graph model with --to tfjs-graph, of layers that tfjs does not have", async () => {
    await tf.setBackend("cpu");
    const testCase = openCase("layers/k3_gru");
    const folder = join(temporaryFolder(), "web");
    const file = join(testCase.folder, "model.keras");
    const { code, stderr } = await run("convert", file, folder, "--to", "tfjs-graph");
    expect([code, stderr]).toEqual([0, expect.stringContaining("TensorFlow.js graph")]);
    const model = await loadGraphModel(fromFolder(folder));
    const [input] = testCase.json.inputs;
    if (input === undefined) throw new Error("the case has no input");
    const output = model.predict(tf.tensor(readArray(testCase, input), [...input.shape]));
    if (!(output instanceof tf.Tensor)) throw new Error("several outputs");
    const result = { name: "out", shape: output.shape, data: Float32Array.from(output.dataSync()) };
    expect(caseDifferences([result], testCase)).toEqual([]);
  });

  it("verifies the graph model that it has written, by running it", async () => {
    const options = ["--to", "tfjs-graph", "--quantize", "float16", "--verify", "--json"];
    const { code, stdout } = await run("convert", SMALL, temporaryFolder(), ...options);
    const { verification } = JSON.parse(stdout);
    expect([code, verification.ok, verification.samples]).toEqual([0, true, 10]);
    expect(verification.backend).toMatch(/^tfjs .* WebAssembly/);
  });

  it("verifies the layers model that it has written, by running it in tfjs-layers", async () => {
    const options = ["--to", "tfjs", "--verify", "--json"];
    const { code, stdout } = await run("convert", SMALL, temporaryFolder(), ...options);
    const { verification } = JSON.parse(stdout);
    expect([code, verification.ok, verification.samples]).toEqual([0, true, 10]);
    expect(verification.backend).toMatch(/^tfjs .* WebAssembly, 1 thread, tfjs-layers 4/);
  });

  it("gives equal bytes for equal input", async () => {
    const [first, second] = [join(temporaryFolder(), "a/"), join(temporaryFolder(), "b/")];
    for (const folder of [first, second]) await run("convert", SMALL, folder, "--quiet");
    for (const name of readdirSync(first)) {
      expect(readFileSync(join(first, name))).toEqual(readFileSync(join(second, name)));
    }
  });

  it("stores weights in fewer bytes with --quantize", async () => {
    const folder = temporaryFolder();
    const { code } = await run("convert", SMALL, folder, "--to", "tfjs", "--quantize", "uint8");
    const json = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
    expect([code, json.weightsManifest[0].weights[0].quantization.dtype]).toEqual([0, "uint8"]);
  });

  it("refuses a folder with other files and options of other targets", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "notes.txt"), "");
    const refusals = [
      await run("convert", SMALL, `${folder}/`, "--force"),
      await run("convert", SMALL, join(folder, "web/"), "--image-input-names", "x"),
      await run("convert", SMALL, "-", "--to", "tfjs"),
    ];
    expect(refusals.map(({ code, stderr }) => [code, stderr.split("\n")[0]])).toEqual([
      [7, `error: ${folder}/ holds other files, such as notes.txt, and is left alone.`],
      [2, "error: --image-input-names means nothing for TensorFlow.js layers (a folder)."],
      [
        2,
        "error: TensorFlow.js layers (a folder) is a folder, which the standard output cannot take.",
      ],
    ]);
  });
});

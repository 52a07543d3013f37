import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/formats/bytes.ts";
import { openCoreML } from "../../src/formats/coreml/open.ts";
import { PRESETS } from "../../src/image/preprocessing.ts";
import { coreMLClassifier } from "../../src/predict/coreml-classifier.ts";
import { openCase, readArray } from "../cases.ts";

const snacks = openCase("snacks/snacks_mobilenet025");
const file = openCoreML(bytesSource(readFileSync(join(snacks.folder, "golden.mlmodel"))));

describe("a Core ML model as a classifier", () => {
  it("prepares pictures itself and gives Keras' probabilities", async () => {
    const classifier = coreMLClassifier(file);
    const { width, height, channels, layout } = classifier.input;
    expect({ width, height, channels, layout }).toEqual({
      width: 224,
      height: 224,
      channels: 3,
      layout: "channels-last",
    });
    const pixels = readFileSync(join(snacks.folder, "pixels_0.bin"));
    const one = Float32Array.from(pixels.subarray(0, 224 * 224 * 3));
    const scores = await classifier.score(one, 1);
    const [output] = snacks.json.outputs;
    const expected = output === undefined ? [] : readArray(snacks, output).subarray(0, 20);
    const { abs, rel } = snacks.json.tolerance;
    const allowed = [...expected].map((score) => abs + rel * Math.abs(score));
    const far = [...scores].map((score, at) => Math.abs(score - (expected[at] ?? 0)));
    expect(scores).toHaveLength(20);
    expect(far.every((distance, at) => distance <= (allowed[at] ?? 0))).toBe(true);
  });

  it("knows its labels in the order of the scores", () => {
    const labels = readFileSync(join(snacks.folder, "../labels.txt"), "utf8").trim().split("\n");
    expect(coreMLClassifier(file).labels).toEqual(labels);
  });

  it("takes no preprocessing where the model prepares pictures", () => {
    expect(() => coreMLClassifier(file, { preprocessing: PRESETS.tf })).toThrow(
      "The model prepares the pictures of its input",
    );
  });
});

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Predictor } from "../../src/backends/predictor.ts";
import { bytesSource } from "../../src/formats/bytes.ts";
import { PRESETS } from "../../src/image/preprocessing.ts";
import { listClassFolder, type PictureBatch, pictureBatches } from "../../src/io/pictures/index.ts";
import type { PictureFile } from "../../src/io/pictures/picture-set.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { graphClassifier } from "../../src/predict/graph-classifier.ts";
import { loadSizeOf, scoreBatches } from "../../src/predict/score-pictures.ts";
import { parseViewPlan, type ViewPlan } from "../../src/predict/views.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { evaluate } from "../../src/verify/graph/evaluate.ts";
import { DIGITS, digitsCase, digitsProbabilities } from "../digits.ts";

/** The reference evaluator as a backend. */
function referencePredictor(graph: Graph): Predictor {
  return {
    name: "cpu",
    async predict(inputs) {
      const given = [...inputs].map(
        ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const,
      );
      return new Map(
        evaluate(graph, new Map(given)).map(({ name, shape, data }) => [
          name,
          { shape, data: Float32Array.from(data) },
        ]),
      );
    },
    dispose: async () => {},
  };
}

const { graph } = readKeras(bytesSource(readFileSync(DIGITS.model)));
const classifier = graphClassifier(graph, referencePredictor(graph), {
  preprocessing: PRESETS.tf,
});
const { files } = listClassFolder(DIGITS.test);

async function scoresOf(pictures: readonly PictureFile[], plan?: ViewPlan): Promise<number[]> {
  const batches = pictureBatches(pictures, {
    size: loadSizeOf(classifier, plan),
    preprocessing: PRESETS.tf,
    batchSize: 100,
    threads: 0,
  });
  const scores: number[] = [];
  for await (const scored of scoreBatches<PictureFile, PictureBatch>(batches, classifier, plan)) {
    scores.push(...scored.scores);
  }
  return scores;
}

describe("a classifier of pictures", () => {
  let scores: readonly number[] = [];
  beforeAll(async () => {
    scores = await scoresOf(files);
  });

  it("knows what it wants of a picture", () => {
    expect(classifier.input).toMatchObject({ width: 16, height: 16, channels: 3 });
    expect(classifier.outputs).toBe(10);
  });

  it("sees the pictures in Keras' order, the last batch as well", () => {
    expect(files.map(({ name }) => name)).toEqual(digitsCase.filenames);
    expect(scores).toHaveLength(digitsCase.images * 10);
  });

  it("gives Keras' probabilities", () => {
    const expected = digitsProbabilities();
    const far = scores.map((score, at) => Math.abs(score - (expected[at] ?? 0)));
    expect(Math.max(...far)).toBeLessThan(1e-5);
  });

  it("averages the scores of views", async () => {
    const plain = scores.slice(0, 30);
    const mean = await scoresOf(files.slice(0, 3), parseViewPlan("flip", Math.random));
    const mirrored = mean.map((score, at) => 2 * score - (plain[at] ?? 0));
    expect(mirrored.slice(0, 10).reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 5);
    expect(mirrored[0]).not.toBeCloseTo(plain[0] ?? 0, 3);
  });

  it("is none when the model takes no pictures, or has several outputs", () => {
    const options = { preprocessing: PRESETS.none };
    const twice: Graph = { ...graph, inputs: [...graph.inputs, ...graph.inputs] };
    expect(() => graphClassifier(twice, referencePredictor(graph), options)).toThrow(
      "The model has 2 inputs, expected one for pictures.",
    );
    const many: Graph = { ...graph, outputs: [...graph.outputs, ...graph.outputs] };
    expect(() => graphClassifier(many, referencePredictor(graph), options)).toThrow(
      "The model has 2 outputs",
    );
  });
});

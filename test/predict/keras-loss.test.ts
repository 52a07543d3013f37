import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/formats/bytes.ts";
import type { Graph, LossSettings } from "../../src/ir/graph.ts";
import { kerasLoss } from "../../src/predict/keras-loss.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { parseTraining } from "../../src/sources/keras/training.ts";
import { DIGITS, digitsCase, digitsProbabilities } from "../digits.ts";

const { graph } = readKeras(bytesSource(readFileSync(DIGITS.model)));
const classes = Object.keys(digitsCase.class_indices);
const truth = digitsCase.filenames.map(
  (name) => digitsCase.class_indices[name.split("/")[0] ?? ""] ?? -1,
);

function trained(loss: string, settings: Partial<LossSettings> = {}): Graph {
  const optimizer = { name: "sgd", config: {} };
  const lossSettings = [{ fromLogits: false, labelSmoothing: 0, ...settings }];
  const { penalties, ...rest } = graph;
  return { ...rest, training: { losses: [loss], metrics: [], optimizer, lossSettings } };
}

const two = {
  scored: { classes: ["no", "yes"], truth: [1, 0], scores: [0.25, 0.75, 0.5, 0.5] },
  outputCount: 1,
};

/** What Keras' losses make of the same probabilities. */
function references(dialect: string): {
  readonly keras: string;
  readonly labels: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly cases: readonly {
    readonly class: string;
    readonly config: Readonly<Record<string, number>>;
    readonly value: number;
  }[];
} {
  const path = new URL(`../../fixtures/losses/${dialect}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8"));
}

describe.each(["tf", "keras-3"])("losses in the dialect of %s", (dialect) => {
  const { keras, labels, probabilities, cases } = references(dialect);
  const scored = { classes: ["a", "b", "c", "d"], truth: labels, scores: probabilities.flat() };
  it.each(cases.map((one) => [one.class, one.config, one.value] as const))(
    "%s %j is what Keras computes",
    (name, config, expected) => {
      const file = { class_name: name, config: { name: "own", ...config } };
      const training = parseTraining({ optimizer: "sgd", loss: file }, ["out"]);
      const source = { ...graph.source, version: keras };
      const { penalties, ...rest } = graph;
      // Of a softmax Keras would look at the logits.
      const nodes = name.startsWith("Binary") ? rest.nodes.slice(0, -1) : rest.nodes;
      const own = { ...rest, nodes, source, ...(training === undefined ? {} : { training }) };
      const { value = Number.NaN } = kerasLoss(own, { scored, outputCount: 4 });
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(
        1e-6 * Math.max(1, Math.abs(expected)),
      );
    },
  );
});

describe("the loss of a model", () => {
  it("is not told where sigmoids of the logits of a softmax are weighed by that softmax", () => {
    const own = trained("binary_focal_crossentropy");
    const later = { ...own, source: { ...own.source, version: "2.15.0" } };
    expect(kerasLoss(later, { ...two, outputCount: 2 }).value).toBeUndefined();
  });

  it("of hinges takes targets of stand-alone Keras as they are, by its formula", () => {
    const { value } = kerasLoss(trained("hinge"), { ...two, outputCount: 2 });
    expect(value).toBeCloseTo((1 + 0.25 + 0.5 + 1) / 4, 12);
  });

  it("is multiplied by its weight, penalties apart", () => {
    const { training, ...rest } = graph;
    const weighted = training && { ...rest, training: { ...training, lossWeights: [3] } };
    const scored = { classes, truth, scores: digitsProbabilities() };
    const { value = 0, penalty } = kerasLoss(weighted, { scored, outputCount: 10 });
    expect(value - penalty).toBeCloseTo(3 * (digitsCase.loss - penalty), 5);
  });

  it("is Keras' own, with the penalties of its weights", () => {
    const scored = { classes, truth, scores: digitsProbabilities() };
    const { name, value = 0, penalty } = kerasLoss(graph, { scored, outputCount: 10 });
    expect(name).toBe("categorical_crossentropy");
    expect(penalty).toBeGreaterThan(1e-3);
    expect(Math.abs(value - digitsCase.loss)).toBeLessThan(1e-6);
  });

  it("of one sigmoid is the binary cross entropy", () => {
    const { value } = kerasLoss(trained("binary_crossentropy"), two);
    expect(value).toBeCloseTo(-(Math.log(0.75) + Math.log(0.5)) / 2, 6);
  });

  it("of smoothed labels gives a share to all classes", () => {
    const { value } = kerasLoss(trained("categorical_crossentropy", { labelSmoothing: 0.2 }), {
      ...two,
      outputCount: 2,
    });
    const first = -(0.9 * Math.log(0.75) + 0.1 * Math.log(0.25));
    expect(value).toBeCloseTo((first - Math.log(0.5)) / 2, 6);
  });

  it("may be a mean squared error", () => {
    const { value } = kerasLoss(trained("mse"), { ...two, outputCount: 2 });
    expect(value).toBeCloseTo((2 * 0.0625 + 2 * 0.25) / 4, 12);
  });

  it("comes from the logits where the file says that outputs are logits", () => {
    const samples = { ...two, logits: [30, -40] };
    const { value } = kerasLoss(trained("binary_crossentropy", { fromLogits: true }), samples);
    expect(value).toBeCloseTo(0, 9);
  });

  it("is that of the output with the scores", () => {
    const own = trained("mse");
    const training = {
      losses: ["mse", "mae"],
      metrics: [],
      optimizer: { name: "sgd", config: {} },
    };
    const { name } = kerasLoss({ ...own, training }, { ...two, output: 1 });
    expect(name).toBe("mae");
  });

  it("counts what regularizers of outputs add, whole batches in Keras 2", () => {
    const activities = new Float32Array(64).fill(0.5);
    const { penalty } = kerasLoss(trained("mse"), { ...two, activities });
    const { version } = trained("mse").source;
    expect(version).toBe("2.2.4");
    expect(penalty).toBeCloseTo(0.5 * 32, 6);
  });

  it("is cross entropy where nobody says", () => {
    expect(kerasLoss(undefined, two).name).toBe("binary_crossentropy");
  });

  it("is named but not computed where it is another", () => {
    expect(kerasLoss(trained("dice"), two)).toEqual({
      name: "dice",
      value: undefined,
      penalty: 0,
    });
  });
});

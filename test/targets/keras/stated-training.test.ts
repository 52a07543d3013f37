import { describe, expect, it } from "vitest";
import type { LossSettings, TrainingSetup } from "../../../src/ir/graph.ts";
import type { Dialect } from "../../../src/sources/keras/layer-spec.ts";
import { parseTraining } from "../../../src/sources/keras/training.ts";
import { statedTraining } from "../../../src/targets/keras/stated-training.ts";

const KERAS_2: Dialect = { generation: 2, version: "2.2.4", backend: "tensorflow" };
const TF: Dialect = { generation: "tf", version: "2.15.0", backend: "tensorflow" };
const KERAS_3: Dialect = { generation: 3, version: "3.15.1", backend: "tensorflow" };

function setup(loss: string, settings?: Partial<LossSettings>): TrainingSetup {
  const lossSettings = [{ fromLogits: false, labelSmoothing: 0, ...settings }];
  return {
    losses: [loss],
    metrics: [],
    optimizer: { name: "sgd", config: { learning_rate: 0.125 } },
    ...(settings === undefined ? {} : { lossSettings }),
  };
}

describe("a loss that is stated", () => {
  it.each([
    [KERAS_2, setup("mse"), "mse"],
    [KERAS_2, setup("log_cosh"), "logcosh"],
    [KERAS_2, setup("kl_divergence"), "kullback_leibler_divergence"],
    [KERAS_2, setup("cosine_similarity"), "cosine_proximity"],
    [TF, setup("huber", { numbers: { delta: 0.3 } }), "huber"],
    [TF, setup("kl_divergence", { reduction: "sum" }), "kl_divergence"],
    [KERAS_3, setup("binary_focal_crossentropy", { classBalancing: true }), undefined],
    [KERAS_3, setup("tversky", { axes: [1, 2], numbers: { alpha: 0.3 } }), undefined],
    [KERAS_3, setup("categorical_focal_crossentropy", { alphas: [0.2, 0.8] }), undefined],
  ])("comes back from a file of %j", (dialect, own, name) => {
    const read = parseTraining(statedTraining(own, dialect, ["out"]), ["out"]);
    expect(read?.losses).toEqual([name ?? own.losses[0]]);
    expect(read?.lossSettings).toEqual(own.lossSettings);
  });

  it.each([
    [KERAS_2, setup("huber")],
    [KERAS_2, setup("categorical_crossentropy", { labelSmoothing: 0.1 })],
    [TF, setup("dice")],
    [KERAS_3, setup("own")],
  ])("is refused where its Keras lacks it: %j", (dialect, own) => {
    expect(statedTraining(own, dialect, ["out"])).toBeUndefined();
  });
});

describe("an optimizer that is stated", () => {
  const config = {
    learning_rate: 0.125,
    use_ema: true,
    ema_momentum: 0.9,
    gradient_accumulation_steps: 4,
    loss_scale_factor: 8,
  };
  const own = { ...setup("mse"), optimizer: { name: "sgd", config } };

  it("keeps averages of weights and gradients that wait in Keras 3", () => {
    const read = parseTraining(statedTraining(own, KERAS_3, ["out"]), ["out"]);
    expect(read?.optimizer.config).toMatchObject(config);
  });

  it.each([
    [KERAS_3, "lamb", true],
    [KERAS_3, "lion", true],
    [TF, "lion", true],
    [TF, "lamb", false],
    [KERAS_2, "lion", false],
    [KERAS_2, "ftrl", false],
  ])("is said by a Keras that has it: %j %s", (dialect, name, known) => {
    const optimizer = { name, config: { learning_rate: 0.125, beta_1: 0.5 } };
    const read = parseTraining(statedTraining({ ...own, optimizer }, dialect, ["out"]), ["out"]);
    expect(read?.optimizer.name).toBe(known ? name : undefined);
  });

  it.each([{ use_ema: true }, { gradient_accumulation_steps: 4 }])(
    "is refused with %j by Keras 2",
    (settings) => {
      const optimizer = { name: "sgd", config: { learning_rate: 0.125, ...settings } };
      const stated = statedTraining({ ...own, optimizer }, KERAS_2, ["out"]);
      expect(stated).toBeUndefined();
    },
  );
});

describe("metrics that are stated", () => {
  const metricSettings = [{ name: "sure", kind: "precision", config: { thresholds: [0.9] } }];
  const own = { ...setup("mse"), metrics: ["accuracy", "auc", "sure", "own"], metricSettings };

  it.each([TF, KERAS_3])("come back with their settings, but for unknown ones: %j", (dialect) => {
    const read = parseTraining(statedTraining(own, dialect, ["out"]), ["out"]);
    expect(read?.metrics).toEqual(["accuracy", "auc", "sure"]);
    expect(read?.metricSettings).toMatchObject([{ name: "auc", kind: "auc" }, ...metricSettings]);
  });

  it("are those that Keras 2 has", () => {
    const read = parseTraining(statedTraining(own, KERAS_2, ["out"]), ["out"]);
    expect(read?.metrics).toEqual(["accuracy"]);
  });
});

describe("several outputs that are stated", () => {
  const outputs = ["main", "aux"];

  it.each([KERAS_2, TF, KERAS_3])(
    "come back with their losses, weights and metrics: %j",
    (dialect) => {
      const own = {
        ...setup(""),
        losses: ["mse", ""],
        lossWeights: [0.5, 2],
        metrics: ["main_accuracy", "mae"],
        metricsByOutput: [["main_accuracy"], ["mae"]],
      };
      const read = parseTraining(statedTraining(own, dialect, outputs), outputs);
      expect(read?.losses).toEqual(own.losses);
      expect(read?.lossWeights).toEqual(own.lossWeights);
      expect(read?.metricsByOutput).toEqual([["accuracy"], ["mae"]]);
    },
  );

  it.each([KERAS_2, TF, KERAS_3])(
    "have one loss each where one is meant for all: %j",
    (dialect) => {
      const read = parseTraining(statedTraining(setup("mse"), dialect, outputs), outputs);
      expect(read?.losses).toEqual(["mse", "mse"]);
    },
  );
});

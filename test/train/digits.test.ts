import { join } from "node:path";
import { expect, it } from "vitest";
import { PRESETS } from "../../src/image/preprocessing.ts";
import { openFile } from "../../src/io/node.ts";
import { listClassFolder, openTrainingPictures } from "../../src/io/pictures/index.ts";
import { openTraced, type TracedModel } from "../../src/sources/keras/traced-model.ts";
import { reinitialise } from "../../src/surgery/reinitialise.ts";
import { dropoutNumbers } from "../../src/train/dropout-numbers.ts";
import { evaluateData } from "../../src/train/evaluate-data.ts";
import { fitModel } from "../../src/train/fit.ts";
import { metricsOf } from "../../src/train/metrics/resolve-metrics.ts";
import { orderAsGiven, shuffledOrder } from "../../src/train/sample-order.ts";
import { createTrainer, type Trainer } from "../../src/train/trainer.ts";
import type { TrainingData } from "../../src/train/training-data.ts";
import { weightsOf } from "../../src/train/weight-values.ts";
import { FIXTURES } from "../cases.ts";
import { DIGITS, digitsCase } from "../digits.ts";
import { activateBackend } from "../targets/tfjs/backends.ts";

function open(part: "train" | "test", batchSize: number): Promise<TrainingData> {
  const pictures = listClassFolder(join(FIXTURES, "digits", part));
  const count = pictures.files.length;
  const order = part === "test" ? orderAsGiven(count) : shuffledOrder(count, 1);
  const size = { width: 16, height: 16 };
  const options = { size, preprocessing: PRESETS.tf, target: "one-hot", threads: 0 } as const;
  return openTrainingPictures(pictures, { ...options, order, batchSize });
}

async function trainerOf(change = (traced: TracedModel) => traced): Promise<Trainer> {
  await activateBackend("wasm");
  const { graph } = change(openTraced(openFile(DIGITS.model))).trace;
  if (graph === undefined) throw new Error("The digits have no graph.");
  return createTrainer(graph, { random: dropoutNumbers(1) });
}

it("the checkpoint of the digits starts at the loss and the accuracy that Keras had", async () => {
  const trainer = await trainerOf();
  const data = await open("test", 50);
  const { metrics } = metricsOf(trainer.graph);
  const { loss, acc } = (await evaluateData(trainer, data, { metrics })) ?? {};
  expect(loss).toBeCloseTo(digitsCase.loss, 5);
  expect(acc).toBeCloseTo(digitsCase.accuracy, 6);
  await data.close();
});

it("the network of the digits learns from scratch, bit for bit the same way for a seed", async () => {
  const learn = async (epochs: number) => {
    const trainer = await trainerOf((traced) => reinitialise(traced, { seed: 1 }));
    trainer.learningRate = 0.003;
    const data = await open("train", 20);
    const { metrics } = metricsOf(trainer.graph);
    const { history } = await fitModel(trainer, data, { epochs, metrics });
    await data.close();
    return { weights: weightsOf(trainer), history };
  };
  const { history, weights } = await learn(5);
  const { loss = [], acc = [] } = history;
  // Ten classes: a network that knows nothing has ln 10.
  expect(loss[0]).toBeGreaterThan(2);
  expect(loss[4]).toBeLessThan(1.4);
  expect(acc[4]).toBeGreaterThan(0.55);
  const again = await learn(5);
  expect(again.history).toEqual(history);
  expect(again.weights).toEqual(weights);
});

import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../src/ir/graph.ts";
import type { JsonObject } from "../../src/json.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { optimizerSettings } from "../../src/train/optimizers/settings.ts";
import { takenTables } from "../../src/train/taken-tables.ts";
import { createTrainer } from "../../src/train/trainer.ts";
import { array, layer, namedSequential } from "../sources/keras/hand-made.ts";
import { kerasFile } from "../sources/keras/keras-file.ts";
import { activateBackend, BACKENDS } from "../targets/tfjs/backends.ts";

/** Words of three batches: some come twice, one is not there in two of them. */
const WORDS = [
  [1, 1, 3],
  [0, 1, 1, 3, 3, 3],
  [2, 0, 2],
];

const LEGACY = { is_legacy_optimizer: true };

/** The table after three steps: by tf.keras 2.15.1, the first three by Keras 3.15.1 too. */
const RUNS: readonly (readonly [string, JsonObject, readonly number[]])[] = [
  [
    "sgd",
    { learning_rate: 0.5, clipnorm: 0.1 },
    [0.062459, 0.296844, 0.563737, 0.781869, 1, 1.230317, 1.444593, 1.66689],
  ],
  ["sgd", { learning_rate: 0.5, clipvalue: 0.05 }, [0.05, 0.3, 0.6, 0.833333, 1, 1.2, 1.4, 1.65]],
  [
    "sgd",
    { learning_rate: 0.5, global_clipnorm: 0.1 },
    [0.062459, 0.296844, 0.563737, 0.781869, 1, 1.230317, 1.444593, 1.66689],
  ],
  [
    "sgd",
    { learning_rate: 0.5, clipnorm: 0.1, clipvalue: 0.05, ...LEGACY },
    [0.040095, 0.290095, 0.571014, 0.811874, 1, 1.2, 1.434304, 1.684304],
  ],
  [
    "sgd",
    { learning_rate: 0.5, momentum: 0.9, ...LEGACY },
    [0.311111, 0.483333, 0.872222, 0.936111, 1, 1.166667, 1.2375, 1.35625],
  ],
  [
    "nadam",
    { learning_rate: 0.1, ...LEGACY },
    [0.206617, 0.455773, 0.649865, 0.890703, 1, 1.137141, 1.310461, 1.557916],
  ],
  [
    "adadelta",
    { learning_rate: 1, rho: 0.95, ...LEGACY },
    [0.003211, 0.253211, 0.502325, 0.752323, 1, 1.248586, 1.49691, 1.74691],
  ],
  [
    "adamax",
    { learning_rate: 0.1, ...LEGACY },
    [0.10706, 0.35739, 0.668489, 0.913221, 1, 1.2131, 1.307895, 1.560931],
  ],
  [
    "rmsprop",
    { learning_rate: 0.1, momentum: 0.9, ...LEGACY },
    [0.86065, 1.095324, 1.16097, 1.307099, 1, 0.933778, 0.740287, 0.935768],
  ],
];

describe.each(BACKENDS)("a table of which rows are taken, on %s", (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  it.each([
    ...RUNS.map((run) => ["2.15.0", ...run] as const),
    ...RUNS.slice(0, 3).map((run) => ["3.15.1", ...run] as const),
  ])("is as Keras %s leaves it with %s of %o", async (version, name, config, expected) => {
    const graph = await tableModel(version);
    const before = memory().numTensors;
    const own = config.is_legacy_optimizer === true ? config : { jit_compile: false, ...config };
    const training = {
      losses: ["mean_squared_error"],
      metrics: [],
      optimizer: { name, config: own },
    };
    const trainer = createTrainer(graph, { training, random: () => (n) => new Float32Array(n) });
    for (const words of WORDS) {
      const shape = [words.length / 3, 3];
      const target = new Float32Array(2 * words.length).fill(1);
      await trainer.step({ inputs: [{ shape, data: Float32Array.from(words) }], target });
    }
    const [table] = trainer.weights;
    const values = table === undefined ? [] : [...trainer.valuesOf(table.ref)];
    expect(values).toHaveLength(expected.length);
    values.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 5);
    });
    trainer.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe("tables that go by rows", () => {
  const countOf = (graph: Graph, name: string, config: JsonObject): number =>
    takenTables(graph, optimizerSettings({ name, config }, graph.source.version)).size;
  const clipping = { clipvalue: 0.5, jit_compile: false };

  it("are none in Keras 2, and none where nothing is limited", async () => {
    expect(countOf(await tableModel("2.15.0"), "sgd", clipping)).toBe(1);
    expect(countOf(await tableModel("2.2.4"), "sgd", { clipvalue: 0.5 })).toBe(0);
    expect(countOf(await tableModel("2.15.0"), "adam", { jit_compile: false })).toBe(0);
  });

  it("are none that have a penalty, whose gradient is for all rows", async () => {
    const l2 = { class_name: "L2", config: { l2: 0.5 } };
    const graph = await tableModel("2.15.0", { embeddings_regularizer: l2 });
    expect(countOf(graph, "sgd", clipping)).toBe(0);
  });
});

async function tableModel(version: string, config: JsonObject = {}): Promise<Graph> {
  const table = { input_dim: 4, output_dim: 2, batch_input_shape: [null, 3], ...config };
  const file = await kerasFile({
    attributes: { keras_version: version, backend: "tensorflow" },
    model: namedSequential("m", [layer("Embedding", { name: "e", ...table })]),
    weights: { keras_version: version, backend: "tensorflow" },
    groups: { e: [array("e/embeddings:0", [4, 2], [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75])] },
  });
  return readKeras(file).graph;
}

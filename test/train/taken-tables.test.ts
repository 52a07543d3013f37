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

/** The same by Keras 3.15.1 alone, whose squares are those of single rows. */
const RUNS_OF_KERAS_3: typeof RUNS = [
  [
    "adam",
    { learning_rate: 0.1 },
    [0.15795, 0.408176, 0.862563, 1.095206, 1.0, 1.159661, 1.172184, 1.417787],
  ],
  [
    "adam",
    { learning_rate: 0.1, amsgrad: true },
    [0.15795, 0.408176, 0.862515, 1.095161, 1.0, 1.159661, 1.172234, 1.417837],
  ],
  [
    "adam",
    { learning_rate: 0.1, clipnorm: 0.1 },
    [0.159602, 0.409739, 0.871515, 1.10285, 1.0, 1.159668, 1.16002, 1.406481],
  ],
  [
    "adam",
    { learning_rate: 0.1, clipvalue: 0.05 },
    [0.16025, 0.41025, 0.892145, 1.112906, 1.0, 1.159662, 1.14271, 1.39271],
  ],
  [
    "adam",
    { learning_rate: 0.1, global_clipnorm: 0.1 },
    [0.159539, 0.409681, 0.765282, 1.007576, 1.0, 1.186124, 1.224355, 1.475401],
  ],
  [
    "adamw",
    { learning_rate: 0.1, weight_decay: 0.01 },
    [0.157876, 0.407349, 0.86071, 1.09277, 1.087042, 1.155915, 1.168229, 1.413017],
  ],
  [
    "rmsprop",
    { learning_rate: 0.1, momentum: 0.9, centered: true },
    [0.918953, 1.150438, 1.85499, 1.703171, 1.0, 0.750023, 0.258113, 0.297436],
  ],
  [
    "adagrad",
    { learning_rate: 0.5 },
    [0.523968, 0.676451, 0.955259, 0.998447, 1.0, 1.003068, 1.084417, 1.179698],
  ],
  [
    "adadelta",
    { learning_rate: 1.0, rho: 0.95 },
    [0.003211, 0.253211, 0.503287, 0.753283, 1.0, 1.248, 1.496289, 1.746287],
  ],
  [
    "adamax",
    { learning_rate: 0.1 },
    [0.10706, 0.35739, 0.711749, 0.953153, 1.0, 1.2131, 1.249719, 1.504673],
  ],
  [
    "adamax",
    { learning_rate: 0.1, clipnorm: 0.1 },
    [0.111994, 0.362417, 0.720374, 0.959622, 1.0, 1.2131, 1.262635, 1.516596],
  ],
  [
    "nadam",
    { learning_rate: 0.1 },
    [0.199705, 0.448954, 0.721959, 0.951655, 1.0, 1.098883, 1.273277, 1.517271],
  ],
  [
    "ftrl",
    { learning_rate: 0.5 },
    [0.523968, 0.523968, 0.716026, 0.606815, 0.58722, 0.58722, 0.503107, 0.548181],
  ],
  [
    "lamb",
    { learning_rate: 0.1 },
    [0.180216, 0.430508, 0.917447, 1.141644, 1.0, 1.142966, 1.124839, 1.368412],
  ],
  ["lion", { learning_rate: 0.1 }, [0.2, 0.45, 0.8, 1.05, 1.0, 1.15, 1.2, 1.45]],
  [
    "adam",
    { learning_rate: 0.1, gradient_accumulation_steps: 3 },
    [0.099997, 0.349997, 0.599997, 0.849996, 1.0, 1.150006, 1.400003, 1.650002],
  ],
];

describe.each(BACKENDS)("a table of which rows are taken, on %s", (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  it.each([
    ...RUNS.map((run) => ["2.15.0", ...run] as const),
    ...[...RUNS.slice(0, 3), ...RUNS_OF_KERAS_3].map((run) => ["3.15.1", ...run] as const),
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

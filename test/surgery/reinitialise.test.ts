import { describe, expect, it } from "vitest";
import { readFloat32 } from "../../src/ir/tensor.ts";
import type { JsonObject } from "../../src/json.ts";
import type { Dialect } from "../../src/sources/keras/layer-spec.ts";
import type { TracedModel } from "../../src/sources/keras/traced-model.ts";
import { initialiseModel } from "../../src/surgery/initialise.ts";
import { reinitialise } from "../../src/surgery/reinitialise.ts";
import { layer, namedSequential, sequential } from "../sources/keras/hand-made.ts";
import { fixtureModel } from "./models.ts";

const TF: Dialect = { generation: "tf", version: "2.15.0", backend: "tensorflow" };

function weightsOf(traced: TracedModel, path: string): Readonly<Record<string, readonly number[]>> {
  const [, roles = new Map()] = [...traced.table].find(([{ path: own }]) => own === path) ?? [];
  return Object.fromEntries([...roles].map(([role, ref]) => [role, [...readFloat32(ref)]]));
}

function sequence(className: string, config: JsonObject): TracedModel {
  const json = namedSequential("m", [
    layer(className, { name: "rnn", batch_input_shape: [null, 4, 3], ...config }),
  ]);
  return initialiseModel(json, { dialect: TF, seed: 3 });
}

describe("beginning anew", () => {
  it("keeps shapes and gives each layer what its initializers say", () => {
    const fresh = reinitialise(fixtureModel("snacks/snacks_mobilenet025/model.hdf5"), { seed: 1 });
    const norm = weightsOf(fresh, "mobilenet_0.25_224/conv1_bn");
    expect(new Set(norm.gamma)).toEqual(new Set([1]));
    expect(new Set(norm.beta)).toEqual(new Set([0]));
    expect(new Set(norm.moving_mean)).toEqual(new Set([0]));
    expect(new Set(norm.moving_variance)).toEqual(new Set([1]));
    const { kernel = [] } = weightsOf(fresh, "mobilenet_0.25_224/conv1");
    // glorot_uniform: fans of 3 · 3 · 3 and 3 · 3 · 8
    const limit = Math.sqrt(6 / (27 + 72));
    expect(Math.max(...kernel)).toBeLessThan(limit);
    expect(Math.max(...kernel)).toBeGreaterThan(0.9 * limit);
  });

  it("begins only the layers that are meant", () => {
    const traced = fixtureModel("snacks/snacks_mobilenet025/model.hdf5");
    const fresh = reinitialise(traced, { layers: ["dense_1"] });
    expect(weightsOf(fresh, "dense_1").kernel).not.toEqual(weightsOf(traced, "dense_1").kernel);
    const first = "mobilenet_0.25_224/conv1";
    expect(weightsOf(fresh, first)).toEqual(weightsOf(traced, first));
  });

  it("gives the same numbers for the same seed, whatever else the model holds", () => {
    const [one, two] = [
      "snacks/snacks_mobilenet025/model.hdf5",
      "snacks/snacks_mobilenet025/model.hdf5",
    ].map((path, index) =>
      reinitialise(fixtureModel(path), {
        seed: 5,
        ...(index === 0 ? {} : { layers: ["dense_1"] }),
      }),
    );
    if (one === undefined || two === undefined) throw new Error("nothing read");
    expect(weightsOf(one, "dense_1")).toEqual(weightsOf(two, "dense_1"));
  });

  it("opens the forget gate of an LSTM", () => {
    const { bias } = weightsOf(sequence("LSTM", { units: 2 }), "rnn");
    expect(bias).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  });

  it("leaves the forget gate where the config says so", () => {
    const { bias } = weightsOf(sequence("LSTM", { units: 2, unit_forget_bias: false }), "rnn");
    expect(bias).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("makes both layers of a wrapper, the recurrent kernels orthogonal", () => {
    const cell = { class_name: "LSTM", config: { name: "l", units: 2, return_sequences: true } };
    const weights = weightsOf(
      sequence("Bidirectional", { layer: cell, merge_mode: "concat" }),
      "rnn",
    );
    expect(Object.keys(weights).sort()).toEqual([
      "backward/bias",
      "backward/kernel",
      "backward/recurrent_kernel",
      "forward/bias",
      "forward/kernel",
      "forward/recurrent_kernel",
    ]);
    const rows = weights["forward/recurrent_kernel"] ?? [];
    const [first, second] = [rows.slice(0, 8), rows.slice(8)];
    expect(first.reduce((sum, value, at) => sum + value * (second[at] ?? 0), 0)).toBeCloseTo(0, 6);
    expect(weights["backward/bias"]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    expect(weights["backward/kernel"]).not.toEqual(weights["forward/kernel"]);
  });

  it("makes a layer over time from what it wraps", () => {
    const dense = {
      class_name: "Dense",
      config: { name: "d", units: 5, bias_initializer: "ones" },
    };
    const weights = weightsOf(sequence("TimeDistributed", { layer: dense }), "rnn");
    expect(weights["layer/bias"]).toEqual([1, 1, 1, 1, 1]);
    expect(weights["layer/kernel"]).toHaveLength(15);
  });

  it("makes each gate of Keras 1 by itself", () => {
    const dialect: Dialect = { generation: 1, version: "1.2.2", backend: "tensorflow" };
    const config = {
      name: "rnn",
      batch_input_shape: [null, 4, 3],
      output_dim: 30,
      init: "glorot_uniform",
      inner_init: "orthogonal",
      forget_bias_init: "one",
      activation: "tanh",
      inner_activation: "hard_sigmoid",
    };
    const traced = initialiseModel(sequential(layer("LSTM", config)), { dialect });
    const { kernel = [], bias = [] } = weightsOf(traced, "rnn");
    // Of all gates at once the limit would be √(6 / (3 + 4 · 30)).
    expect(Math.max(...kernel)).toBeGreaterThan(Math.sqrt(6 / (3 + 120)));
    expect(Math.max(...kernel)).toBeLessThan(Math.sqrt(6 / (3 + 30)));
    expect(bias.slice(30, 60)).toEqual(Array.from({ length: 30 }, () => 1));
  });
});

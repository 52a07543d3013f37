import { describe, expect, it } from "vitest";
import { readFloat32 } from "../../src/ir/tensor.ts";
import type { JsonObject } from "../../src/json.ts";
import type { TracedModel } from "../../src/sources/keras/traced-model.ts";
import { buildArchitecture } from "../../src/surgery/build-architecture.ts";
import { newHead } from "../../src/surgery/new-head.ts";
import { evaluate } from "../../src/verify/graph/evaluate.ts";
import { fixtureModel } from "./models.ts";

const SNACKS = "snacks/snacks_mobilenet025/model.hdf5";
const SIZE = { inputShape: [64, 64, 3] };

function configOf(traced: TracedModel, name: string): JsonObject {
  const layer = traced.model.layers.find((one) => one.name === name);
  if (layer === undefined) throw new Error(`no ${name}`);
  return layer.json;
}

describe("where a head begins", () => {
  it.each([
    ["mobilenet", "conv_pw_13_relu"],
    ["mobilenet_v2", "out_relu"],
    ["squeezenet", "fire9/concat"],
    ["resnet50", "conv5_block3_out"],
    ["vgg16", "block5_pool"],
  ])("is behind the base of %s, with its top, without, and pooled", (name, after) => {
    const forms = [{}, { includeTop: false }, { includeTop: false, pooling: "avg" }] as const;
    const found = forms.map(
      (form) => newHead(buildArchitecture(name, { ...SIZE, ...form }), { classes: 7 }).after,
    );
    expect(found).toEqual([after, after, after]);
  });

  it.each([
    ["mobilenet", "conv_pw_13_relu"],
    ["vgg16", "block5_pool"],
  ])("is the same where %s has shrunk the picture to one place", (name, after) => {
    const small = buildArchitecture(name, { inputShape: [32, 32, 3] });
    expect(newHead(small, { classes: 7 }).after).toBe(after);
  });

  it.each([
    [SNACKS, "mobilenet_0.25_224"],
    ["generations/tf215_nested/model.h5", "base"],
    ["generations/k3151_nested/model.keras", "base"],
    ["generations/k122_tensorflow_tf/model.hdf5", "pool1"],
    ["micro/topo_model_in_model/model.hdf5", "inner/c"],
    ["micro/topo_siamese/model.hdf5", "mul"],
    ["micro/lstm_stack/model.hdf5", "lstm_2"],
  ])("is found in %s", (path, after) => {
    expect(newHead(fixtureModel(path), { classes: 3 }).after).toBe(after);
  });

  it("is asked for in a model of two outputs", () => {
    const traced = fixtureModel("micro/topo_multi_output/model.hdf5");
    expect(() => newHead(traced, { classes: 3 })).toThrow(
      "The model has 2 outputs, so no one head.\n  Say behind which layer the new head comes: --head-after LAYER",
    );
  });

  it("is where the user says", () => {
    const traced = buildArchitecture("vgg16", { inputShape: [32, 32, 3] });
    const { added, removed } = newHead(traced, {
      classes: 3,
      after: "fc1",
      units: [64],
      dropout: 0,
    });
    expect(removed).toEqual(["fc2", "predictions"]);
    expect(added).toEqual(["dense", "dense_1"]);
  });
});

describe("a new head", () => {
  it("keeps the base as it is and computes its features' scores", () => {
    const traced = fixtureModel("generations/tf215_nested/model.h5");
    const { traced: changed } = newHead(traced, { classes: 4 });
    const { graph: before } = traced.trace;
    const { graph } = changed.trace;
    if (graph === undefined || before === undefined) throw new Error("not lowered");
    const [port] = graph.inputs;
    const shape = (graph.types.get(port?.value ?? "")?.shape ?? []).map((dim) => dim ?? 1);
    const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(i),
    );
    const inputs = new Map([[port?.name ?? "", { shape, data }]]);
    const [scores] = evaluate(graph, inputs);
    expect(scores?.shape).toEqual([1, 4]);
    expect(scores?.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
    const base = [...changed.table].filter(([{ path }]) => path.startsWith("base/"));
    const old = [...traced.table].filter(([{ path }]) => path.startsWith("base/"));
    expect(
      base.map(([{ path }, weights]) => [path, [...weights.values()].map(({ id }) => id)]),
    ).toEqual(old.map(([{ path }, weights]) => [path, [...weights.values()].map(({ id }) => id)]));
  });

  it("has weights of its own where it takes over a name", () => {
    const traced = fixtureModel(SNACKS);
    const { traced: changed } = newHead(traced, { classes: 20, seed: 1 });
    const kernel = (one: TracedModel): readonly number[] => {
      const [, weights = new Map()] = [...one.table].find(([{ path }]) => path === "dense_1") ?? [];
      return [...readFloat32(weights.get("kernel"))];
    };
    expect(kernel(changed)).toHaveLength(256 * 20);
    expect(kernel(changed)).not.toEqual(kernel(traced));
  });

  it("speaks Keras 1", () => {
    const { traced } = newHead(fixtureModel("generations/k122_tensorflow_tf/model.hdf5"), {
      classes: 3,
      l2: 0.5,
    });
    expect(configOf(traced, "dropout_1")).toEqual({ name: "dropout_1", trainable: true, p: 0.5 });
    expect(configOf(traced, "dense_1")).toMatchObject({
      output_dim: 3,
      init: "glorot_uniform",
      W_regularizer: { name: "L1L2Regularizer", l1: 0, l2: 0.5 },
    });
  });

  it("speaks Keras 3", () => {
    const { traced } = newHead(fixtureModel("generations/k3151_nested/model.keras"), {
      classes: 3,
    });
    expect(configOf(traced, "dense")).toMatchObject({
      dtype: { class_name: "DTypePolicy", config: { name: "float32" } },
      kernel_regularizer: { module: "keras.regularizers", class_name: "L2", config: { l2: 0.001 } },
    });
  });

  it("pools channels where they lie", () => {
    const { traced } = newHead(fixtureModel("generations/k224_channels_first/model.hdf5"), {
      classes: 3,
    });
    expect(configOf(traced, "global_average_pooling2d_1").data_format).toBe("channels_first");
  });

  it("adds its penalty to the loss", () => {
    const { traced } = newHead(fixtureModel(SNACKS), { classes: 3, l2: 0.25 });
    const { graph } = traced.trace;
    expect(graph?.penalties?.weights.map(({ layer, l2 }) => [layer, l2])).toEqual([
      ["dense_1", 0.25],
    ]);
  });

  it("refuses no classes", () => {
    expect(() => newHead(fixtureModel(SNACKS), { classes: 0 })).toThrow(
      "The head's classes are 0, expected a whole number above 0.",
    );
  });
});

import { describe, expect, it } from "vitest";
import type { Graph } from "../../../src/ir/graph.ts";
import type { JsonObject } from "../../../src/json.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import { array, layer, namedSequential } from "./hand-made.ts";
import { kerasFile } from "./keras-file.ts";

const L1L2 = { class_name: "L1L2", config: { l1: 0.25, l2: 0.5 } };
const DENSE = { units: 3, activation: "linear", name: "d", activity_regularizer: L1L2 };
const STEPS = { batch_input_shape: [null, 4, 2] };

/** A model of one layer around a dense one. */
async function wrapped(className: string, config: JsonObject, version: string): Promise<Graph> {
  const held = layer("Dense", DENSE);
  const whole = layer(className, { name: "w", ...STEPS, ...config, layer: held });
  const file = await kerasFile({
    attributes: { keras_version: version, backend: "tensorflow" },
    model: namedSequential("m", [whole]),
    weights: { keras_version: version, backend: "tensorflow" },
    groups: { w: [array("w/kernel:0", [2, 3]), array("w/bias:0", [3])] },
  });
  return readKeras(file).graph;
}

/** A model of one layer without weights. */
async function bare(className: string, config: JsonObject, version: string): Promise<Graph> {
  const file = await kerasFile({
    attributes: { keras_version: version, backend: "tensorflow" },
    model: namedSequential("m", [layer(className, { name: "a", ...STEPS, ...config })]),
    weights: { keras_version: version, backend: "tensorflow" },
    groups: { a: [] },
  });
  return readKeras(file).graph;
}

function told({ penalties, outputs }: Graph) {
  const names = new Map(outputs.map(({ value }) => [value, "the output"]));
  return penalties?.activities.map(({ value, ...rest }) => ({
    ...rest,
    value: names.get(value) ?? "another value",
  }));
}

function othersOf({ penalties }: Graph): readonly string[] | undefined {
  return penalties?.others.map(({ text }) => text);
}

describe("a regularizer of outputs", () => {
  it("is that of ActivityRegularization itself", async () => {
    const graph = await bare("ActivityRegularization", { l1: 0.125, l2: 0 }, "2.2.4");
    const expected = { layer: "a", value: "the output", l1: 0.125, l2: 0, steps: 0 };
    expect(told(graph)).toEqual([expected]);
  });

  it("is that of any layer in Keras 3", async () => {
    const config = { activation: "relu", activity_regularizer: L1L2 };
    const graph = await bare("Activation", config, "3.15.1");
    const expected = { layer: "a", value: "the output", l1: 0.25, l2: 0.5, steps: 0 };
    expect(told(graph)).toEqual([expected]);
  });

  it("of strength 0 is none", async () => {
    const graph = await bare("ActivityRegularization", { l1: 0, l2: 0 }, "2.15.0");
    expect(graph.penalties).toBeUndefined();
  });

  it("which is neither L1 nor L2 is told", async () => {
    const own = { class_name: "Mine", config: {} };
    const graph = await bare(
      "Activation",
      { activation: "relu", activity_regularizer: own },
      "3.15.1",
    );
    expect(othersOf(graph)).toEqual([
      "Its activity_regularizer is neither L1 nor L2: the loss is computed without it.",
    ]);
  });

  it("of Keras 1.1 is told, since it counts while training only", async () => {
    const graph = await bare("ActivityRegularization", { l1: 1, l2: 0 }, "1.1.2");
    expect(othersOf(graph)).toEqual([
      "Its activity regularizer is one of Keras before 1.2, which counts while training only: the loss is computed without it.",
    ]);
  });
});

describe("a regularizer of what TimeDistributed holds", () => {
  const at = { layer: "w", value: "the output", l1: 0.25, l2: 0.5 };

  it("is the wrapper's in Keras 2", async () => {
    expect(told(await wrapped("TimeDistributed", {}, "2.2.4"))).toEqual([{ ...at, steps: 0 }]);
  });

  it("takes steps for samples in tf.keras", async () => {
    const [one] = told(await wrapped("TimeDistributed", {}, "2.15.0")) ?? [];
    expect(one).toEqual({ ...at, layer: "w/d", steps: 1 });
  });

  it("counts for nothing in Keras 3, which does not call the layer", async () => {
    expect((await wrapped("TimeDistributed", {}, "3.15.1")).penalties).toBeUndefined();
  });

  it("is told in Keras 2 where the batch size is fixed", async () => {
    const fixed = { batch_input_shape: [2, 4, 2] };
    expect(othersOf(await wrapped("TimeDistributed", fixed, "2.2.4"))).toEqual([
      "Its activity regularizer counts once or twice, as the fixed batch size of the model reaches it: the loss is computed without it.",
    ]);
  });

  it("counts twice in tf.keras in a model, which is run once more for its mask", async () => {
    const input = layer("InputLayer", { name: "i", batch_input_shape: [null, 2] });
    const inner = layer("ActivityRegularization", { name: "a", l1: 0.25, l2: 0 });
    const model = namedSequential("inner", [input, inner]);
    const file = await kerasFile({
      attributes: { keras_version: "2.15.0", backend: "tensorflow" },
      model: namedSequential("m", [
        layer("TimeDistributed", { name: "w", ...STEPS, layer: model }),
      ]),
      weights: { keras_version: "2.15.0", backend: "tensorflow" },
      groups: { w: [] },
    });
    const [one] = told(readKeras(file).graph) ?? [];
    expect(one).toMatchObject({ l1: 0.5, l2: 0, steps: 1 });
  });
});

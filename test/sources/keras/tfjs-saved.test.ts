import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, test } from "vitest";
import type { ByteSource } from "../../../src/formats/bytes.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import { evaluate } from "../../../src/verify/graph/evaluate.ts";
import { sourceOf } from "./tfjs-source.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const L = layers.layers;
/** Orthogonal matrices need methods of tensors that the package of layers does not load by itself. */
const PLAIN = { recurrentInitializer: "glorotUniform" } as const;

/** Models as tfjs users make them, under the names that tfjs gives. */
const MODELS: Readonly<Record<string, () => layers.LayersModel>> = {
  "a chain of dense layers": () =>
    layers.sequential({
      layers: [
        L.dense({ units: 5, inputShape: [4], activation: "relu6" }),
        L.dropout({ rate: 0.5 }),
        L.dense({ units: 3, activation: "softmax" }),
      ],
    }),
  "convolutions with batch normalisation": () =>
    layers.sequential({
      layers: [
        L.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: "same", inputShape: [8, 8, 3] }),
        L.batchNormalization({}),
        L.depthwiseConv2d({ kernelSize: 3, activation: "hardSigmoid" }),
        L.separableConv2d({ filters: 3, kernelSize: 2 }),
        L.upSampling2d({ interpolation: "bilinear" }),
        L.conv2dTranspose({ filters: 2, kernelSize: 3 }),
        L.globalAveragePooling2d({}),
      ],
    }),
  "recurrent layers": () =>
    layers.sequential({
      layers: [
        L.embedding({ inputDim: 9, outputDim: 4, inputLength: 6 }),
        L.bidirectional({
          layer: L.lstm({ units: 3, returnSequences: true, ...PLAIN }),
          mergeMode: "concat",
        }),
        L.gru({ units: 3, returnSequences: true, ...PLAIN }),
        L.simpleRNN({ units: 2, ...PLAIN }),
      ],
    }),
  "branches that meet": () => {
    const input = layers.input({ shape: [6, 6, 2] });
    const conv = L.conv2d({ filters: 2, kernelSize: 1 });
    const prelu = L.prelu({ sharedAxes: [1, 2] });
    const sum = L.add().apply([conv.apply(input), prelu.apply(input)].flatMap(symbolic));
    const flat = L.flatten().apply(symbolic(sum));
    return layers.model({ inputs: input, outputs: symbolic(L.dense({ units: 2 }).apply(flat)) });
  },
  "a model in a model": () => {
    const inner = layers.sequential({ layers: [L.dense({ units: 3, inputShape: [4] })] });
    return layers.sequential({ layers: [inner, L.layerNormalization({}), L.dense({ units: 2 })] });
  },
};

function symbolic(
  value: tf.Tensor | tf.Tensor[] | layers.SymbolicTensor | layers.SymbolicTensor[],
) {
  const all = Array.isArray(value) ? value : [value];
  return all.filter((one) => one instanceof layers.SymbolicTensor);
}

describe.each(Object.keys(MODELS))("%s, saved by tfjs", (name) => {
  test("gives what tfjs gives", async () => {
    const model = MODELS[name]?.();
    if (model === undefined) throw new Error("no model");
    scramble(model);
    const source = await saved(model);
    const { graph, warnings } = readKeras(source);
    const [{ shape = [] } = {}] = model.inputs;
    const input = tf.floor(tf.randomUniform([2, ...shape.slice(1).map((dim) => dim ?? 1)], 0, 8));
    const expected = [model.predict(input)].flat();
    const [port] = graph.inputs;
    const data = Float64Array.from(input.dataSync());
    const outputs = evaluate(graph, new Map([[port?.name ?? "", { shape: input.shape, data }]]));
    expect(outputs.map((output) => output.shape)).toEqual(expected.map(({ shape }) => shape));
    for (const [index, { data }] of outputs.entries()) {
      const right = expected[index]?.dataSync() ?? [];
      const off = data.findIndex(
        (x, i) => !(Math.abs(x - (right[i] ?? 0)) <= 1e-5 * (1 + Math.abs(x))),
      );
      expect(off).toBe(-1);
    }
    expect([warnings, graph.source.version]).toEqual([[], "tfjs-layers 4.22.0"]);
  });
});

test("the optimizer's state is no weight, and how a model was trained is told", async () => {
  const model = layers.sequential({ layers: [L.dense({ units: 2, inputShape: [3] })] });
  model.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["accuracy"] });
  await model.fit(tf.ones([4, 3]), tf.ones([4, 2]), { epochs: 1, verbose: 0 });
  const { graph } = readKeras(await saved(model, true));
  expect(graph.training).toMatchObject({
    losses: ["mean_squared_error"],
    optimizer: { name: "adam" },
  });
});

/** No weight may be as Keras makes it: zeros and ones would hide what is mixed up. */
function scramble(model: layers.LayersModel): void {
  model.setWeights(
    model
      .getWeights()
      .map((weight, index) => tf.randomUniform(weight.shape, 0.2, 0.9, "float32", index + 1)),
  );
}

/** The files that `model.save("file://…")` writes. */
async function saved(model: layers.LayersModel, includeOptimizer = false): Promise<ByteSource> {
  const files = new Map<string, Uint8Array>();
  await model.save(
    tf.io.withSaveHandler(async ({ weightData, weightSpecs, ...rest }) => {
      const data = tf.io.CompositeArrayBuffer.join(weightData);
      files.set("weights.bin", new Uint8Array(data));
      const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      files.set(
        "model.json",
        new TextEncoder().encode(JSON.stringify({ ...rest, weightsManifest })),
      );
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
    { includeOptimizer },
  );
  return sourceOf(files);
}

import { describe, expect, it } from "vitest";
import { toFloat32 } from "../../../src/formats/coreml/carriers.ts";
import type {
  ImageFeatureTypeColorSpace,
  Model,
  NeuralNetworkImageScaler,
  WeightParams,
} from "../../../src/formats/coreml/types.gen.ts";
import { PRESETS } from "../../../src/image/preprocessing.ts";
import { labelFault } from "../../../src/verify/compare/index.ts";
import { compareRandom, type Pair, withLayer, withNetwork, writtenPair } from "./written.ts";

const MOBILENET = "mobilenet_0.25_224";
const mobilenet = writtenPair("snacks/snacks_mobilenet025");
const image = writtenPair("micro/arg_image_rgb");

describe("a model that was written correctly", () => {
  it.each([
    ["snacks/snacks_mobilenet025", "tf"],
    ["micro/arg_image_rgb", "tf"],
    ["micro/arg_image_bgr", "caffe"],
  ] as const)("%s agrees with Keras when pictures are prepared as %s", (id, preset) => {
    const { ok, outputs, divergence } = compareRandom(writtenPair(id), PRESETS[preset], {
      count: 2,
    });
    expect([ok, divergence]).toEqual([true, undefined]);
    expect(outputs[0]?.relative).toBeLessThan(1e-5);
    expect(outputs[0]?.cosine).toBeGreaterThan(0.999999);
    expect(outputs[0]?.top1).toBe(2);
  });
});

describe("a picture's preparation", () => {
  it.each<[string, Partial<NeuralNetworkImageScaler>]>([
    ["the red bias is dropped", { redBias: 0 }],
    ["the blue bias has the wrong sign", { blueBias: 1 }],
    ["the scale is 1/255 instead of 2/255", { channelScale: 1 / 255 }],
    ["the scale is missing, which means 0", { channelScale: 0 }],
  ])("is named when %s", (_, change) => {
    expect(divergenceOf(withScaler(image, change))).toEqual(["conv2d_1_input", undefined]);
  });

  it("is named when blue and red are exchanged", () => {
    expect(divergenceOf(withColors(image, "BGR"))).toEqual(["conv2d_1_input", undefined]);
  });

  it("is named in a deep model", () => {
    const { ok, divergence } = compareRandom(withColors(mobilenet, "BGR"), PRESETS.tf, {
      count: 1,
    });
    expect([ok, divergence?.layer]).toEqual([false, `${MOBILENET}_input`]);
  });
});

describe("the first wrong layer is named when", () => {
  it("a bias is dropped", () => {
    const wrong = withLayer(image, "conv2d_1", ({ convolution }) => ({
      convolution: { ...convolution, hasBias: false },
    }));
    expect(divergenceOf(wrong)).toEqual(["conv2d_1", "Conv2D"]);
  });

  it("the bias of a dense layer is dropped", () => {
    const wrong = withLayer(image, "dense_1", ({ innerProduct }) => ({
      innerProduct: { ...innerProduct, hasBias: false },
    }));
    expect(divergenceOf(wrong)).toEqual(["dense_1", "Dense"]);
  });

  it("height and width of a kernel are transposed", () => {
    const wrong = withLayer(image, "conv2d_1", ({ convolution }) => ({
      convolution: { ...convolution, weights: transposed(convolution?.weights, 3, 3) },
    }));
    expect(divergenceOf(wrong)).toEqual(["conv2d_1", "Conv2D"]);
  });

  it("a flatten reads channels first", () => {
    const wrong = withLayer(writtenPair("micro/conv_flatten_dense"), "flatten_1", () => ({
      flatten: { mode: "CHANNEL_FIRST" },
    }));
    expect(divergenceOf(wrong)).toEqual(["flatten_1", "Flatten"]);
  });

  it("asymmetric padding is mirrored", () => {
    const wrong = withLayer(writtenPair("micro/conv2d_same_s2_even"), "conv2d_1", (layer) => ({
      convolution: { ...layer.convolution, same: { asymmetryMode: "TOP_LEFT_HEAVY" } },
    }));
    expect(divergenceOf(wrong)).toEqual(["conv2d_1", "Conv2D"]);
  });

  it("average pooling counts the padding", () => {
    const pair = writtenPair("micro/avgpool_same_odd");
    const wrong = withLayer(pair, "average_pooling2d_1", ({ pooling }) => ({
      pooling: { ...pooling, avgPoolExcludePadding: false },
    }));
    expect(divergenceOf(wrong)).toEqual(["average_pooling2d_1", "AveragePooling2D"]);
  });

  it("the epsilon of a batch normalisation is Core ML's default", () => {
    const wrong = withLayer(writtenPair("micro/bn_epsilon"), "batch_normalization_1", (layer) => ({
      batchnorm: { ...layer.batchnorm, epsilon: 0 },
    }));
    expect(divergenceOf(wrong)).toEqual(["batch_normalization_1", "BatchNormalization"]);
  });

  it("the epsilon of one batch normalisation among many is wrong", () => {
    const wrong = withLayer(mobilenet, `${MOBILENET}_conv_pw_5_bn`, ({ batchnorm }) => ({
      batchnorm: { ...batchnorm, epsilon: 0 },
    }));
    const { ok, divergence } = compareRandom(wrong, PRESETS.tf, { count: 1 });
    expect([ok, divergence?.layer]).toEqual([false, `${MOBILENET}/conv_pw_5_bn`]);
  });

  it("relu6 has no ceiling", () => {
    const wrong = withLayer(
      writtenPair("micro/act_relu6_custom"),
      "activation_1__clip__",
      (layer) => ({
        unary: { ...layer.unary, alpha: -1e9 },
      }),
    );
    expect(divergenceOf(wrong)).toEqual(["activation_1", "Activation"]);
  });

  it("relu6 inside a convolution has no ceiling", () => {
    const pair = writtenPair("micro/conv_relu6_fused");
    const wrong = withLayer(pair, "conv2d_1__activation____clip__", ({ unary }) => ({
      unary: { ...unary, alpha: -1e9 },
    }));
    expect(divergenceOf(wrong)).toEqual(["conv2d_1", "Conv2D"]);
  });

  it("gates of an LSTM are exchanged", () => {
    const wrong = withLayer(
      writtenPair("micro/lstm"),
      "lstm_1",
      ({ uniDirectionalLSTM: lstm }) => ({
        uniDirectionalLSTM: {
          ...lstm,
          weightParams: {
            ...lstm?.weightParams,
            inputGateWeightMatrix: lstm?.weightParams?.forgetGateWeightMatrix,
            forgetGateWeightMatrix: lstm?.weightParams?.inputGateWeightMatrix,
          },
        },
      }),
    );
    expect(divergenceOf(wrong)).toEqual(["lstm_1", "LSTM"]);
  });
});

describe("labels", () => {
  it("are right in their order", () => {
    expect(labelFault(image.model, ["ant", "bee", "cat"])).toBeUndefined();
  });

  it.each([
    [["ant", "cat", "bee"], 'Label 1 of the Core ML model is "bee", expected "cat".'],
    [["ant", "bee"], "The Core ML model has 3 labels, expected 2."],
  ])("%j are not", (labels, text) => {
    expect(labelFault(image.model, labels)).toBe(text);
  });

  it("are missing in a model that is no classifier", () => {
    expect(labelFault(writtenPair("micro/lstm").model, ["a"])).toBe(
      "The Core ML model is no classifier, so it has no labels.",
    );
  });
});

/** Keras name and class of what the comparison blames. */
function divergenceOf(pair: Pair): readonly (string | undefined)[] {
  const takesPictures = pair.model.description?.input?.[0]?.type?.imageType !== undefined;
  const { ok, divergence } = compareRandom(pair, takesPictures ? PRESETS.tf : undefined);
  expect(ok).toBe(false);
  return [divergence?.layer, divergence?.className];
}

function withScaler(pair: Pair, change: Partial<NeuralNetworkImageScaler>): Pair {
  return withNetwork(pair, ({ preprocessing = [] }) => ({
    preprocessing: preprocessing.map((one) => ({ ...one, scaler: { ...one.scaler, ...change } })),
  }));
}

function withColors({ graph, model }: Pair, colorSpace: ImageFeatureTypeColorSpace): Pair {
  const { description } = model;
  const input = (description?.input ?? []).map((feature) => ({
    ...feature,
    type: { imageType: { ...feature.type?.imageType, colorSpace } },
  }));
  const changed: Model = { ...model, description: { ...description, input } };
  return { graph, model: changed };
}

function transposed(params: WeightParams | undefined, rows: number, columns: number): WeightParams {
  const values = toFloat32(params?.floatValue);
  const plane = rows * columns;
  const floatValue = values.map((_, index) => {
    const [row, column] = [Math.floor((index % plane) / columns), index % columns];
    return values[index - (index % plane) + column * rows + row] ?? Number.NaN;
  });
  return { floatValue };
}

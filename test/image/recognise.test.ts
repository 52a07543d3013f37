import { describe, expect, it } from "vitest";
import { recognise } from "../../src/image/recognise.ts";
import { createBuilder } from "../../src/ir/create-builder.ts";
import type { Graph, Origin } from "../../src/ir/graph.ts";
import type { Op } from "../../src/ir/ops/index.ts";
import { constantWeight } from "../../src/weights/constant.ts";

const RELU: Op = { kind: "activation", activation: { fn: "tanh" }, weights: {} };

function origin(layer: string, className = "Conv2D"): Origin {
  return { layer, className, config: {}, call: 0, trainable: true };
}

/** A chain of layers of these names; the first ones do what `steps` say. */
function chain(
  names: readonly string[],
  steps: readonly (readonly [string, string, Op])[] = [],
  shape: readonly (number | null)[] = [null, 8, 8, 3],
): Graph {
  const build = createBuilder({
    name: "model",
    source: { format: "keras", version: "2.2.4", backend: "tensorflow" },
  });
  let value = build.input("input_1", { dtype: "float32", shape });
  for (const [layer, className, op] of steps) {
    value = build.add(op, [value], origin(layer, className))[0] ?? "";
  }
  for (const name of names) value = build.add(RELU, [value], origin(name))[0] ?? "";
  return build.finish([{ name: "output", value }]);
}

function batchNorm(mean: readonly number[]): Op {
  const vector = (id: string, values: readonly number[]) => constantWeight(id, [3], values);
  return {
    kind: "batchNorm",
    axis: 3,
    epsilon: 1e-3,
    momentum: 0.99,
    weights: { mean: vector("mean", mean), variance: vector("variance", [1, 1, 1]) },
  };
}

const RESCALING: Op = {
  kind: "affine",
  weights: { scale: constantWeight("scale", [], [1 / 255]) },
};
const PAD: Op = {
  kind: "noise",
  fn: "augmentation",
  weights: {},
};

describe("an architecture is recognised by its layers", () => {
  it.each([
    ["MobileNet", "tf", ["conv1", "conv1_bn", "conv_dw_1", "conv_dw_1_bn", "conv_pw_1"]],
    ["MobileNet", "tf", ["mobilenet_1.00_224/conv_dw_1", "mobilenet_1.00_224/conv_pw_1"]],
    ["MobileNetV2", "tf", ["Conv1", "expanded_conv_depthwise", "block_1_expand"]],
    ["MobileNetV2", "tf", ["Conv1", "mobl0_conv_depthwise", "conv_dw_1_relu", "mobl1_conv_expand"]],
    ["MobileNetV3", "tf", ["Conv", "expanded_conv/depthwise", "expanded_conv_1/expand"]],
    ["VGG16", "caffe", ["block1_conv1", "block1_conv2", "block2_conv1", "block3_conv3"]],
    ["VGG19", "caffe", ["block1_conv1", "block1_conv2", "block3_conv3", "block3_conv4"]],
    ["ResNet", "caffe", ["conv1", "bn_conv1", "res2a_branch2a", "bn2a_branch2a"]],
    ["ResNet", "caffe", ["conv1_conv", "conv2_block1_1_conv", "conv2_block1_3_conv"]],
    ["ResNetV2", "tf", ["conv1_conv", "conv2_block1_preact_bn", "conv2_block1_3_conv"]],
    ["DenseNet", "torch", ["conv1_conv", "conv2_block1_1_conv", "conv2_block1_concat"]],
    ["InceptionV3", "tf", ["conv2d_1", "mixed0", "mixed1", "mixed2"]],
    ["InceptionResNetV2", "tf", ["conv2d_1", "mixed_5b", "block35_1_mixed"]],
    ["Xception", "tf", ["block1_conv1", "block1_conv2", "block2_sepconv1"]],
    ["NASNet", "tf", ["stem_conv1", "stem_bn1", "reduction_left1_stem_1"]],
    ["EfficientNet", "torch", ["stem_conv", "stem_bn", "block1a_dwconv"]],
    [
      "ConvNeXt",
      "torch",
      ["convnext_tiny_stem_conv", "convnext_tiny_stage_0_block_0_depthwise_conv"],
    ],
  ])("%s wants %s", (title, preset, names) => {
    const found = recognise(chain(names));
    expect({ ...found, preset: found.preset.name }).toEqual({
      kind: "family",
      preset,
      why: expect.stringMatching(
        new RegExp(
          `^Layer ".*" and others are those of ${title}, which is trained with ${preset} `,
        ),
      ),
    });
  });

  it("says which layer told", () => {
    expect(recognise(chain(["conv_dw_1", "conv_pw_1"])).why).toBe(
      'Layer "conv_dw_1" and others are those of MobileNet, which is trained with tf preprocessing.',
    );
  });
});

describe("an architecture that normalises inside is left alone", () => {
  it("when it scales its input, whatever its family", () => {
    const graph = chain(["conv_dw_1", "conv_pw_1"], [["rescaling", "Rescaling", RESCALING]]);
    const found = recognise(graph);
    expect({ ...found, preset: found.preset.name }).toEqual({
      kind: "inside",
      preset: "none",
      why: 'Layer "rescaling" (Rescaling) right after the input scales the pixels.',
    });
  });

  it("when augmentation stands before", () => {
    const graph = chain(
      ["conv"],
      [
        ["flip", "RandomFlip", PAD],
        ["rescaling", "Rescaling", RESCALING],
      ],
    );
    expect(recognise(graph).kind).toBe("inside");
  });

  it("when a batch normalisation has learned the mean of raw pixels", () => {
    const graph = chain(["conv"], [["bn", "BatchNormalization", batchNorm([124.5, 117, 104])]]);
    const found = recognise(graph);
    expect([found.kind, found.why]).toEqual([
      "inside",
      'Layer "bn" (BatchNormalization) right after the input has learned the mean pixel 124.5, 117, 104, so it normalises pixels from 0 to 255 itself.',
    ]);
  });
});

describe("nothing is guessed", () => {
  it("when a batch normalisation has learned the mean of scaled pixels", () => {
    const graph = chain(["conv"], [["bn", "BatchNormalization", batchNorm([0.5, 0.25, 0.5])]]);
    const found = recognise(graph);
    expect([found.kind, found.preset.name, found.why]).toEqual([
      "unknown",
      "none",
      'Layer "bn" (BatchNormalization) right after the input has learned the mean pixel 0.5, 0.25, 0.5, so the pixels were scaled before the model in some way.',
    ]);
  });

  it("of names that nobody publishes", () => {
    const found = recognise(chain(["my_conv", "conv1"]));
    expect([found.kind, found.preset.name, found.why]).toEqual([
      "unknown",
      "none",
      "The architecture is none of those that Keras publishes, as far as names tell.",
    ]);
  });

  it("of SqueezeNet, whose copies differ", () => {
    const found = recognise(chain(["conv1", "fire2/squeeze1x1"]));
    expect([found.kind, found.why]).toEqual([
      "unknown",
      "The layers are those of SqueezeNet, whose copies were trained in different ways: keras-squeezenet with caffe, others with tf.",
    ]);
  });

  it("of an EfficientNetV2 whose own normalisation is gone", () => {
    const found = recognise(chain(["stem_conv", "block1a_project_conv"]));
    expect([found.kind, found.why]).toEqual([
      "unknown",
      "The layers are those of EfficientNetV2 without the normalisation it usually has inside.",
    ]);
  });

  it("where no input is a picture", () => {
    const found = recognise(chain(["conv_dw_1", "conv_pw_1"], [], [null, 128]));
    expect([found.kind, found.why]).toEqual([
      "unknown",
      "The model has no input of 1 or 3 image channels.",
    ]);
  });
});

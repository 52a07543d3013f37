import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffModels, type ModelDiff } from "../../src/diff/diff.ts";
import { readSides } from "../../src/diff/read-sides.ts";
import { KcError } from "../../src/errors.ts";
import { type ByteSource, bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { toFloat32 } from "../../src/formats/coreml/carriers.ts";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import { encodeModel } from "../../src/formats/coreml/encode.ts";
import type { Model, NeuralNetworkLayer } from "../../src/formats/coreml/types.gen.ts";
import { openPath } from "../../src/io/open-path.ts";
import { type Case, FIXTURES, listCases } from "../cases.ts";

const goldens = ["micro", "generations", "snacks"].flatMap((suite) =>
  listCases(suite).filter(({ json }) => json.convert?.golden !== undefined),
);

function read({ folder }: Pick<Case, "folder">, name: string): ByteSource {
  return bytesSource(new Uint8Array(readFileSync(join(folder, name))), name);
}

function diff(a: ByteSource, b: ByteSource): ModelDiff {
  const [left, right] = readSides(a, b, {});
  return diffModels(left.side, right.side);
}

/** Whether two models are the same, and of what is not, the layers. */
function verdict(a: ByteSource, b: ByteSource): string {
  try {
    const { equal, layers, weights, said } = diff(a, b);
    if (equal) return "equal";
    const names = [
      ...layers.changed.map(({ name }) => name),
      ...layers.respelled.map(({ name }) => name),
      ...[...layers.added, ...layers.removed].map(({ name }) => name),
      ...weights.changed.map(({ layer, role }) => `${layer} ${role}`),
      ...weights.reshaped.map(({ layer, role }) => `${layer} ${role}`),
      ...said.map(({ what }) => what),
    ];
    return [...new Set(names)].join(", ");
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    return error.code;
  }
}

/** What coremltools wrote wrongly, and what cannot be read as layers. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "micro/act_relu_slope_threshold": "re_lu_1",
  "micro/act_softmax_axis1": "softmax_1",
  "micro/arg_custom_layer": "unsupported",
  "micro/conv1d_causal_dilated": "conv1d_1",
  "micro/embedding_maskzero": "lstm_1, embedding_1",
  "micro/gru_reset_after": "bad-weights",
  "micro/topo_sequential_inputlayer": "bad-shape",
  "micro/topo_shared_diverging": "shared",
};

describe("a Keras file and what coremltools made of it", () => {
  it("are many", () => {
    expect(goldens.length).toBeGreaterThan(220);
  });

  it.each(goldens.map((one) => [one.id, one] as const))("are one model: %s", (id, one) => {
    const golden = read(one, one.json.convert?.golden ?? "");
    expect(verdict(read(one, one.json.model ?? ""), golden)).toBe(EXCEPTIONS[id] ?? "equal");
  });
});

type Layer = NeuralNetworkLayer;

/** A golden file whose message was changed. */
function changed(id: string, change: (model: Model) => Model): ByteSource {
  const bytes = new Uint8Array(readFileSync(join(FIXTURES, id, "golden.mlmodel")));
  return bytesSource(collectBytes(encodeModel(change(decodeModel(bytes)))), "changed.mlmodel");
}

function changedLayers(id: string, change: (layer: Layer) => Layer): ByteSource {
  return changed(id, (model) => {
    const network = model.neuralNetwork ?? {};
    return { ...model, neuralNetwork: { ...network, layers: network.layers?.map(change) } };
  });
}

function keras(id: string): ByteSource {
  return read({ folder: join(FIXTURES, id) }, "model.hdf5");
}

function golden(id: string): ByteSource {
  return read({ folder: join(FIXTURES, id) }, "golden.mlmodel");
}

const CONV = "micro/conv_bn";

/** Mistakes of converters, and what the comparison says. */
const MISTAKES: Readonly<Record<string, readonly [ByteSource, string]>> = {
  "a bias that is dropped": [
    changedLayers(CONV, (layer) => {
      if (layer.convolution === undefined) return layer;
      const { bias: _, ...rest } = layer.convolution;
      return { ...layer, convolution: { ...rest, hasBias: false } };
    }),
    "conv2d_1 bias",
  ],
  "a kernel in another order": [
    changedLayers(CONV, (layer) => {
      const { convolution } = layer;
      if (convolution === undefined) return layer;
      const floatValue = toFloat32(convolution.weights?.floatValue).toReversed();
      return { ...layer, convolution: { ...convolution, weights: { floatValue } } };
    }),
    "conv2d_1 kernel",
  ],
  "another epsilon": [
    changedLayers(CONV, (layer) =>
      layer.batchnorm ? { ...layer, batchnorm: { ...layer.batchnorm, epsilon: 0.01 } } : layer,
    ),
    "batch_normalization_1 scale",
  ],
  "other strides": [
    changedLayers(CONV, (layer) =>
      layer.convolution
        ? { ...layer, convolution: { ...layer.convolution, stride: [2, 2] } }
        : layer,
    ),
    "conv2d_1",
  ],
};

describe("a conversion with a mistake", () => {
  it.each(Object.entries(MISTAKES))("is told by the layer: %s", (_, [wrong, layers]) => {
    expect(verdict(keras(CONV), golden(CONV))).toBe("equal");
    expect(verdict(keras(CONV), wrong)).toBe(layers);
  });
});

describe("numbers in another form", () => {
  const ID = "micro/dense_bias";
  const weights = (convert: (numbers: Float32Array) => object) =>
    changedLayers(ID, (layer) =>
      layer.innerProduct === undefined
        ? layer
        : {
            ...layer,
            innerProduct: {
              ...layer.innerProduct,
              weights: convert(toFloat32(layer.innerProduct.weights?.floatValue)),
            },
          },
    );

  it("are the same when they were quantised, with their largest error", () => {
    const eight = weights((numbers) => {
      const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
      const scale = (high - low) / 255;
      const rawValue = Uint8Array.from(numbers, (value) => Math.round((value - low) / scale));
      const linearQuantization = { scale: [scale], bias: [low] };
      return { rawValue, quantization: { numberOfBits: 8, linearQuantization } };
    });
    const { equal, weights: report } = diff(keras(ID), eight);
    expect(equal).toBe(true);
    expect(report.rounded.map(({ how, role }) => `${role} ${how}`)).toEqual([
      "kernel quantised to 8 bits",
    ]);
    expect(report.rounded[0]?.largest).toBeGreaterThan(0);
    expect(report.rounded[0]?.largest).toBeLessThan(0.01);
  });

  it("are others when one of them is far off", () => {
    const one = weights((numbers) => ({
      floatValue: numbers.map((value, at) => value + (at === 3 ? 1e-3 : 0)),
    }));
    expect(verdict(keras(ID), one)).toBe("dense_1 kernel");
  });

  it("are the same in half precision: programs with weights of both kinds", () => {
    const [half, whole] = ["cnn-fp16", "cnn-fp32"].map((name) =>
      openPath(join(FIXTURES, `mlpackage/examples/${name}.mlpackage`)),
    );
    if (half === undefined || whole === undefined) throw new Error("unreachable");
    const [a, b] = readSides(half, whole, {});
    const { architecture, weights: report } = diffModels(a.side, b.side);
    half.close();
    whole.close();
    expect(architecture).toBe(false);
    expect(a.warnings[0]?.text).toMatch(/^Its layers cannot be compared/);
    expect(new Set(report.rounded.map(({ how }) => how))).toEqual(new Set(["in half precision"]));
    expect(report.changed).toEqual([]);
  });
});

describe("two Core ML files", () => {
  const ID = "micro/arg_image_rgb";

  it("are equal to themselves", () => {
    expect(verdict(golden(ID), golden(ID))).toBe("equal");
  });

  it("differ when labels change places", () => {
    const other = changed(ID, (model) => {
      const classifier = model.neuralNetworkClassifier ?? {};
      const vector = classifier.stringClassLabels?.vector?.toReversed();
      return {
        ...model,
        neuralNetworkClassifier: { ...classifier, stringClassLabels: { vector } },
      };
    });
    expect(verdict(golden(ID), other)).toBe("labels");
  });

  it("differ when the colours are the other way round", () => {
    const other = changed(ID, (model) => {
      const input = model.description?.input?.map((feature) => ({
        ...feature,
        type: { imageType: { ...feature.type?.imageType, colorSpace: "BGR" as const } },
      }));
      return { ...model, description: { ...model.description, input } };
    });
    expect(verdict(golden(ID), other)).toBe("pictures of image");
  });

  it("differ when one says something else of itself", () => {
    const other = changed(ID, (model) => ({
      ...model,
      description: { ...model.description, metadata: { author: "Ann Example" } },
    }));
    expect(verdict(golden(ID), other)).toContain("author");
  });
});

describe("a program and a Keras file", () => {
  it("are refused: kc verify compares what they compute", () => {
    const folder = openPath(join(FIXTURES, "mlpackage/examples/cnn-fp32.mlpackage"));
    expect(() => readSides(keras(CONV), folder, {})).toThrow("Its layers cannot be compared");
    folder.close();
  });
});

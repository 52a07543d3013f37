import { describe, expect, test } from "vitest";
import { findPreprocessing, PRESETS } from "../../../src/image/preprocessing.ts";
import { type CoreMLOptions, writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { buildGraph } from "./build-graph.ts";
import { layerKinds } from "./equivalence.ts";
import { runWritten } from "./run-written.ts";
import { pictureModel } from "./sample-models.ts";

const shape = [2, 4, 3, 3];
/** The same in Keras' order, height, width, then red, green, blue. */
const pixels = Float32Array.from({ length: 72 }, (_, i) => (i * 37) % 256);

/** What the network's first layer sees of the picture. */
function seen(options: CoreMLOptions): readonly number[] {
  const graph = buildGraph([[4, 3, 3]], (add, x) =>
    add({ kind: "activation", activation: { fn: "linear" }, weights: {} }, x),
  );
  const result = writeCoreML(graph, { imageInputNames: ["input1"], ...options });
  const [output] = runWritten(result, [{ shape, data: bgrOf(options) }], [shape]);
  return Array.from(output?.data ?? []);
}

/** The pixels as a network sees them that reads blue first, if it does. */
function bgrOf({ isBgr, preprocessing }: CoreMLOptions): Float32Array {
  const turned = isBgr === true || preprocessing?.colorOrder === "bgr";
  return pixels.map((_, i) => pixels[turned ? i - (i % 3) + 2 - (i % 3) : i] ?? 0);
}

/** `pixel * scale + bias` by colour, in the order that the network sees. */
function expected(
  scale: readonly number[],
  bias: readonly number[],
  order: "rgb" | "bgr" = "rgb",
): readonly number[] {
  const turned = order === "bgr";
  return Array.from(pixels, (_, i) => {
    const color = turned ? 2 - (i % 3) : i % 3;
    const pixel = pixels[i - (i % 3) + color] ?? 0;
    return pixel * (scale[color] ?? 1) + (bias[color] ?? 0);
  });
}

function expectClose(got: readonly number[], right: readonly number[]): void {
  const worst = right.reduce(
    (most, value, i) => Math.max(most, Math.abs((got[i] ?? 0) - value)),
    0,
  );
  expect(got.length).toBe(right.length);
  expect(worst).toBeLessThan(1e-4);
}

describe("pictures", () => {
  test("enter as they are without a scale or bias", () => {
    expectClose(seen({}), expected([1, 1, 1], [0, 0, 0]));
  });

  test("are scaled, then shifted by colour", () => {
    const options = { imageScale: 2 / 255, redBias: -1, greenBias: -0.5, blueBias: 0.25 };
    expectClose(seen(options), expected([2 / 255, 2 / 255, 2 / 255], [-1, -0.5, 0.25]));
  });

  test("reach a network that wants blue first, biases by colour still", () => {
    const options = { isBgr: true, redBias: -3, greenBias: -2, blueBias: -1 };
    expectClose(seen(options), expected([1, 1, 1], [-3, -2, -1], "bgr"));
  });

  for (const preset of Object.values(PRESETS)) {
    test(`preset ${preset.name}`, () => {
      const { scale, bias, colorOrder } = preset;
      expectClose(seen({ preprocessing: preset }), expected(scale, bias, colorOrder));
    });
  }

  test("with a scale for each colour get a scale layer, and no scaler", () => {
    const result = writeCoreML(pictureModel(), {
      imageInputNames: ["input1"],
      preprocessing: findPreprocessing("torch"),
    });
    expect(layerKinds(result)[0]).toBe("scale");
    expect(result.summary.preprocessing).toEqual([]);
    expect(result.summary.specificationVersion).toBe(1);
  });

  test("in gray have a bias of their own", () => {
    const { model } = writeCoreML(pictureModel([8, 6, 1]), {
      inputNames: ["image"],
      imageInputNames: ["image"],
      imageScale: { image: 0.5 },
      grayBias: -3,
    });
    expect(model.description?.input?.[0]?.type).toEqual({
      imageType: { width: 6, height: 8, colorSpace: "GRAYSCALE" },
    });
    expect(model.neuralNetwork?.preprocessing).toEqual([
      { featureName: "image", scaler: { channelScale: 0.5, grayBias: -3 } },
    ]);
  });

  test("of any size are declared with a range", () => {
    const { model, summary } = writeCoreML(pictureModel([null, null, 3]), {
      imageInputNames: ["input1"],
    });
    expect(summary.specificationVersion).toBe(3);
    const range = { lowerBound: 1, upperBound: -1 };
    expect(model.description?.input?.[0]?.type).toEqual({
      imageType: {
        width: 224,
        height: 224,
        colorSpace: "RGB",
        imageSizeRange: { widthRange: range, heightRange: range },
      },
    });
  });

  test("beside newer layers keep their five axes", () => {
    const graph = buildGraph([[4, 3, 3]], (add, x) =>
      add({ kind: "unary", fn: "sin", weights: {} }, x),
    );
    const { model } = writeCoreML(graph, { imageInputNames: ["input1"] });
    expect(model.neuralNetwork?.arrayInputShapeMapping).toBeUndefined();
    expect(model.specificationVersion).toBe(4);
  });
});

describe("arrays of any size", () => {
  test("have a range from the smallest that fits", () => {
    const graph = buildGraph([[null, null, 2]], (add, x) =>
      add(
        {
          kind: "pool",
          fn: "max",
          poolSize: [5, 3],
          strides: [2, 2],
          padding: "valid",
          layout: "channels-last",
          weights: {},
        },
        x,
      ),
    );
    const { model } = writeCoreML(graph);
    expect(model.description?.input?.[0]?.type?.multiArrayType).toEqual({
      shape: [2, 224, 224],
      dataType: "FLOAT32",
      shapeRange: {
        sizeRanges: [
          { lowerBound: 2, upperBound: 2 },
          { lowerBound: 5, upperBound: -1 },
          { lowerBound: 5, upperBound: -1 },
        ],
      },
    });
    expect(model.description?.output?.[0]?.type?.multiArrayType).toEqual({ dataType: "FLOAT32" });
  });
});

describe("biases of the wrong kind of picture", () => {
  test.each([
    [
      [8, 6, 3],
      { grayBias: -1 },
      "No input takes gray pictures, so that these have no effect: grayBias.",
    ],
    [
      [8, 6, 1],
      { redBias: -1, blueBias: 2 },
      "No input takes pictures in colour, so that these have no effect: redBias, blueBias.",
    ],
  ])("are said to have no effect", (dims, biases, text) => {
    const { warnings } = writeCoreML(pictureModel(dims), {
      imageInputNames: ["input1"],
      ...biases,
    });
    expect(warnings.map((warning) => warning.text)).toEqual([text]);
  });

  test("are no surprise where they have one", () => {
    const options = { imageInputNames: ["input1"], redBias: -1 };
    expect(writeCoreML(pictureModel(), options).warnings).toEqual([]);
  });
});

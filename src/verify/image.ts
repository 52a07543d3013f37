import { fail } from "../errors.ts";
import { toFloat32 } from "../formats/coreml/carriers.ts";
import type { ImageFeatureType, NeuralNetworkPreprocessing } from "../formats/coreml/types.gen.ts";
import type { InputMapping, ModelInput } from "./features.ts";
import type { Tensor } from "./tensor.ts";

/** A picture as an app hands it over. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** 0 to 255, row by row; red, green, blue per pixel, or one number per pixel for grey. */
  readonly pixels: ArrayLike<number>;
}

/** Whether an input is a picture. */
export function isImage(input: ModelInput): input is PixelImage {
  return "pixels" in input;
}

/**
 * Pixels to channels in the order of the declared colour space, then preprocessing in list order.
 *
 * @see NeuralNetwork.proto NeuralNetworkImageScaler, NeuralNetworkMeanImage
 */
export function readImage(
  name: string,
  type: ImageFeatureType,
  image: PixelImage,
  mapping: InputMapping,
): Tensor {
  const { width, height, pixels } = image;
  const flexible = type.enumeratedSizes !== undefined || type.imageSizeRange !== undefined;
  if (!flexible && (width !== type.width || height !== type.height)) {
    wrongImage(name, `is ${width} by ${height} pixels, expected ${type.width} by ${type.height}`);
  }
  const colors = colorsOf(name, type);
  const count = width * height;
  if (pixels.length !== count * colors.length) {
    wrongImage(name, `has ${pixels.length} bytes, expected ${count * colors.length}`);
  }
  const data = new Float32Array(pixels.length);
  colors.forEach((color, channel) => {
    const source = color === "gray" ? 0 : RGB.indexOf(color);
    for (let pixel = 0; pixel < count; pixel++) {
      data[channel * count + pixel] = pixels[pixel * colors.length + source] ?? 0;
    }
  });
  for (const step of mapping.preprocessing) {
    if (step.featureName === name) preprocess(name, data, colors, step);
  }
  const shape = [1, colors.length, height, width];
  return { shape: mapping.rank4Images ? shape : [1, ...shape], data };
}

type Color = "red" | "green" | "blue" | "gray";

const RGB: readonly Color[] = ["red", "green", "blue"];

function colorsOf(name: string, { colorSpace }: ImageFeatureType): readonly Color[] {
  switch (colorSpace) {
    case "RGB":
      return RGB;
    case "BGR":
      return [...RGB].reverse();
    case "GRAYSCALE":
    case "GRAYSCALE_FLOAT16":
      return ["gray"];
    default:
      return wrongImage(name, "has no colour space");
  }
}

function preprocess(
  name: string,
  data: Float32Array,
  colors: readonly Color[],
  { scaler, meanImage }: NeuralNetworkPreprocessing,
): void {
  const plane = data.length / colors.length;
  if (scaler !== undefined) {
    const scale = scaler.channelScale ?? 0;
    const biases = {
      red: scaler.redBias ?? 0,
      green: scaler.greenBias ?? 0,
      blue: scaler.blueBias ?? 0,
      gray: scaler.grayBias ?? 0,
    };
    data.forEach((value, index) => {
      data[index] = scale * value + biases[colors[Math.floor(index / plane)] ?? "gray"];
    });
  }
  if (meanImage !== undefined) {
    const mean = toFloat32(meanImage.meanImage);
    if (mean.length !== data.length) {
      wrongImage(name, `has ${data.length} numbers, but its mean image ${mean.length}`);
    }
    data.forEach((value, index) => {
      data[index] = value - (mean[index] ?? 0);
    });
  }
}

function wrongImage(name: string, text: string): never {
  return fail("bad-option", `Image "${name}" ${text}.`);
}

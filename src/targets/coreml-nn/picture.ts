import { type Diagnostic, fail } from "../../errors.ts";
import type {
  ImageFeatureTypeColorSpace,
  NeuralNetworkPreprocessing,
} from "../../formats/coreml/types.gen.ts";
import { hasOneScale, type PerColor, type Preprocessing } from "../../image/preprocessing.ts";
import { type Dim, formatShape } from "../../ir/tensor.ts";
import type { Settings } from "./options.ts";

/** How one input takes a picture. */
export interface Picture {
  readonly width: Dim;
  readonly height: Dim;
  readonly colorSpace: ImageFeatureTypeColorSpace;
  /** Scale and bias for the image scaler; undefined when pixels enter as they are. */
  readonly scaler: NeuralNetworkPreprocessing["scaler"];
  /** Scale and bias for each channel in the network's order, where one scaler cannot say them. */
  readonly channels: { readonly scale: PerColor; readonly bias: PerColor } | undefined;
}

/** Reads the picture of an input with this channel, height and width. Throws `bad-option` for any other shape. */
export function pictureOf(
  name: string,
  dims: readonly Dim[] | undefined,
  shape: readonly Dim[],
  settings: Settings,
): Picture {
  const [channels, height = null, width = null] = dims ?? [];
  if (channels !== 1 && channels !== 3) {
    return fail(
      "bad-option",
      `The input "${name}" has shape ${formatShape(shape)}, which is no picture: that takes height, width and 1 or 3 channels.`,
    );
  }
  const size = { width, height };
  return channels === 1 ? grayPicture(name, size, settings) : colorPicture(name, size, settings);
}

/** Biases for a kind of picture that no input takes: they are written nowhere. */
export function warnUnusedBiases(
  pictures: readonly Picture[],
  settings: Settings,
): readonly Diagnostic[] {
  const gray = pictures.some(({ colorSpace }) => colorSpace === "GRAYSCALE");
  const color = pictures.some(({ colorSpace }) => colorSpace !== "GRAYSCALE");
  const lost = [
    ...(color ? [] : (["redBias", "greenBias", "blueBias"] as const)),
    ...(gray ? [] : (["grayBias"] as const)),
  ].filter((key) => (settings[key] ?? 0) !== 0);
  if (pictures.length === 0 || lost.length === 0) return [];
  const text = `No input takes ${gray ? "pictures in colour" : "gray pictures"}, so that these have no effect: ${lost.join(", ")}.`;
  const hint = gray
    ? "The bias of a gray picture is grayBias."
    : "The biases of a picture in colour are redBias, greenBias and blueBias.";
  return [{ code: "bad-option", text, hint }];
}

/** The preprocessing of one image input. */
function preprocessingFor(name: string, { preprocessing }: Settings): Preprocessing | undefined {
  if (preprocessing === undefined || isOne(preprocessing)) return preprocessing;
  return new Map(Object.entries(preprocessing)).get(name);
}

function isOne(
  preprocessing: Preprocessing | Readonly<Record<string, Preprocessing>>,
): preprocessing is Preprocessing {
  return Array.isArray(preprocessing.scale);
}

type Size = Pick<Picture, "width" | "height">;

function grayPicture(name: string, size: Size, settings: Settings): Picture {
  const { grayBias = 0 } = settings;
  const preprocessing = preprocessingFor(name, settings);
  const base = { ...size, colorSpace: "GRAYSCALE", channels: undefined } as const;
  if (preprocessing === undefined) {
    const channelScale = scaleOf(name, settings);
    const neutral = channelScale === 1 && grayBias === 0;
    return { ...base, scaler: neutral ? undefined : { channelScale, grayBias } };
  }
  const { scale, bias } = preprocessing;
  if (new Set(scale).size > 1 || new Set(bias).size > 1) {
    fail(
      "bad-option",
      `The preprocessing "${preprocessing.name}" differs by colour, but the input "${name}" takes gray pictures.`,
    );
  }
  const neutral = scale[0] === 1 && bias[0] === 0;
  return { ...base, scaler: neutral ? undefined : { channelScale: scale[0], grayBias: bias[0] } };
}

function colorPicture(name: string, size: Size, settings: Settings): Picture {
  const { isBgr } = settings;
  const preprocessing = preprocessingFor(name, settings);
  const bgr = preprocessing === undefined ? isBgr : preprocessing.colorOrder === "bgr";
  const base = { ...size, colorSpace: bgr ? "BGR" : "RGB" } as const;
  if (preprocessing !== undefined && !hasOneScale(preprocessing)) {
    const order = (values: PerColor): PerColor =>
      bgr ? [values[2], values[1], values[0]] : values;
    const channels = { scale: order(preprocessing.scale), bias: order(preprocessing.bias) };
    return { ...base, scaler: undefined, channels };
  }
  const { redBias = 0, greenBias = 0, blueBias = 0 } = settings;
  const [red, green, blue] = preprocessing?.bias ?? [redBias, greenBias, blueBias];
  const channelScale = preprocessing?.scale[0] ?? scaleOf(name, settings);
  const neutral = channelScale === 1 && red === 0 && green === 0 && blue === 0;
  const scaler = { channelScale, redBias: red, greenBias: green, blueBias: blue };
  return { ...base, scaler: neutral ? undefined : scaler, channels: undefined };
}

function scaleOf(name: string, { imageScale = 1 }: Settings): number {
  if (typeof imageScale === "number") return imageScale;
  return new Map(Object.entries(imageScale)).get(name) ?? 1;
}

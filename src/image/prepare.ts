import type { Pixels } from "./pixels.ts";
import { hasSameNumbers, PRESETS, type Preprocessing } from "./preprocessing.ts";

/** Where the channels of a pixel lie in the network's input. */
export type Layout = "channels-last" | "channels-first";

/** How the numbers of a network's input are made of pixels. */
export interface PrepareOptions {
  readonly preprocessing: Preprocessing;
  /** `channels-last` by default. */
  readonly layout?: Layout;
}

/**
 * What a network sees of a picture: float32 numbers, bit for bit those of Keras' `preprocess_input` for the presets,
 * else `fround(fround(pixel * scale) + bias)` as Keras' Rescaling layer computes. Gray takes the numbers of red. Alpha stays as
 * it is. Writes into `target` from `offset` on.
 */
export function preparePixels(
  picture: Pixels,
  { preprocessing, layout = "channels-last" }: PrepareOptions,
  target: Float32Array = new Float32Array(picture.data.length),
  offset = 0,
): Float32Array {
  const { width, height, channels, data } = picture;
  const count = width * height;
  const tables = tablesOf(preprocessing);
  const isColored = channels >= 3;
  for (let channel = 0; channel < channels; channel++) {
    const table = tables[isColored || channel === 0 ? channel : 3];
    const blueFirst = isColored && channel < 3 && preprocessing.colorOrder === "bgr";
    const place = blueFirst ? 2 - channel : channel;
    const step = layout === "channels-last" ? channels : 1;
    let to = offset + (layout === "channels-last" ? place : place * count);
    for (let at = channel; at < data.length; at += channels, to += step) {
      target[to] = table?.[data[at] ?? 0] ?? 0;
    }
  }
  return target;
}

/** The float32 number of every pixel 0–255, for red, green, blue and alpha. */
type Tables = readonly Float32Array[];

const known = new WeakMap<Preprocessing, Tables>();

function tablesOf(preprocessing: Preprocessing): Tables {
  const found = known.get(preprocessing);
  if (found !== undefined) return found;
  const steps = KERAS_STEPS.find(({ preset }) => hasSameNumbers(preset, preprocessing));
  const tables = [0, 1, 2, 3].map((color) =>
    Float32Array.from({ length: 256 }, (_, pixel) => {
      if (color === 3) return pixel;
      if (steps !== undefined) return steps.value(pixel, color);
      const scale = Math.fround(preprocessing.scale[color] ?? 1);
      return Math.fround(pixel * scale) + Math.fround(preprocessing.bias[color] ?? 0);
    }),
  );
  known.set(preprocessing, tables);
  return tables;
}

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const CAFFE_MEAN = [123.68, 116.779, 103.939];

/**
 * What numpy computes in float32 for the modes of `preprocess_input`, each step rounded; red, green, blue.
 * @see keras/src/applications/imagenet_utils.py `_preprocess_numpy_input`
 */
const KERAS_STEPS: readonly {
  readonly preset: Preprocessing;
  readonly value: (pixel: number, color: number) => number;
}[] = [
  { preset: PRESETS.tf, value: (pixel) => Math.fround(pixel / 127.5) - 1 },
  { preset: PRESETS.caffe, value: (pixel, color) => pixel - Math.fround(CAFFE_MEAN[color] ?? 0) },
  {
    preset: PRESETS.torch,
    value: (pixel, color) => {
      const centered = Math.fround(Math.fround(pixel / 255) - Math.fround(MEAN[color] ?? 0));
      return centered / Math.fround(STD[color] ?? 1);
    },
  },
];

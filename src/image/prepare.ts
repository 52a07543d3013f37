import type { FloatPixels } from "./augment/float-pixels.ts";
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
  const { data, channels } = picture;
  const tables = tablesOf(preprocessing);
  for (const { channel, color, start, step } of placesOf(picture, preprocessing, layout)) {
    const table = tables[color];
    let to = offset + start;
    for (let at = channel; at < data.length; at += channels, to += step) {
      target[to] = table?.[data[at] ?? 0] ?? 0;
    }
  }
  return target;
}

/** The same of pixels that are no whole numbers any more. */
export function prepareNumbers(
  picture: FloatPixels,
  { preprocessing, layout = "channels-last" }: PrepareOptions,
  target: Float32Array = new Float32Array(picture.data.length),
  offset = 0,
): Float32Array {
  const { data, channels } = picture;
  const value = pixelValueOf(preprocessing);
  for (const { channel, color, start, step } of placesOf(picture, preprocessing, layout)) {
    let to = offset + start;
    for (let at = channel; at < data.length; at += channels, to += step) {
      target[to] = value(data[at] ?? 0, color);
    }
  }
  return target;
}

/** One channel of a picture: what colour it has (3 for alpha), and where its numbers go. */
interface ChannelPlace {
  readonly channel: number;
  readonly color: number;
  readonly start: number;
  readonly step: number;
}

function placesOf(
  { width, height, channels }: Omit<Pixels, "data">,
  { colorOrder }: Preprocessing,
  layout: Layout,
): readonly ChannelPlace[] {
  const isColored = channels >= 3;
  return Array.from({ length: channels }, (_, channel) => {
    const blueFirst = isColored && channel < 3 && colorOrder === "bgr";
    const place = blueFirst ? 2 - channel : channel;
    return {
      channel,
      color: isColored || channel === 0 ? channel : ALPHA,
      start: layout === "channels-last" ? place : place * width * height,
      step: layout === "channels-last" ? channels : 1,
    };
  });
}

const ALPHA = 3;

/** The float32 number of every pixel 0–255, for red, green, blue and alpha. */
type Tables = readonly Float32Array[];

const known = new WeakMap<Preprocessing, Tables>();

function tablesOf(preprocessing: Preprocessing): Tables {
  const found = known.get(preprocessing);
  if (found !== undefined) return found;
  const value = pixelValueOf(preprocessing);
  const tables = [0, 1, 2, ALPHA].map((color) =>
    Float32Array.from({ length: 256 }, (_, pixel) => value(pixel, color)),
  );
  known.set(preprocessing, tables);
  return tables;
}

/** What a pixel of a colour becomes. */
type PixelValue = (pixel: number, color: number) => number;

function pixelValueOf(preprocessing: Preprocessing): PixelValue {
  const { factors, divisors, added, deviations } = numberSteps(preprocessing);
  return (pixel, color) => {
    if (color === ALPHA) return pixel;
    let value = pixel;
    if (factors !== undefined) value = Math.fround(value * (factors[color] ?? 1));
    if (divisors !== undefined) value = Math.fround(value / (divisors[color] ?? 1));
    value = Math.fround(value + (added[color] ?? 0));
    return deviations === undefined ? value : Math.fround(value / (deviations[color] ?? 1));
  };
}

/**
 * What is done to each number, for red, green and blue: `((number * factor) / divisor + added) / deviation`, all in float32 and every step
 * rounded; steps that are left out do nothing.
 */
export interface NumberSteps {
  readonly factors?: Float32Array;
  readonly divisors?: Float32Array;
  readonly added: Float32Array;
  readonly deviations?: Float32Array;
}

/** The steps of a preprocessing. */
export function numberSteps(preprocessing: Preprocessing): NumberSteps {
  const keras = KERAS_STEPS.find(({ preset }) => hasSameNumbers(preset, preprocessing));
  const { scale, bias } = preprocessing;
  return keras?.steps ?? { factors: Float32Array.from(scale), added: Float32Array.from(bias) };
}

/**
 * What numpy computes in float32 for the modes of `preprocess_input`.
 * @see keras/src/applications/imagenet_utils.py `_preprocess_numpy_input`
 */
const KERAS_STEPS: readonly { readonly preset: Preprocessing; readonly steps: NumberSteps }[] = [
  { preset: PRESETS.tf, steps: { divisors: same(127.5), added: same(-1) } },
  { preset: PRESETS.caffe, steps: { added: Float32Array.of(-123.68, -116.779, -103.939) } },
  {
    preset: PRESETS.torch,
    steps: {
      divisors: same(255),
      added: Float32Array.of(-0.485, -0.456, -0.406),
      deviations: Float32Array.of(0.229, 0.224, 0.225),
    },
  },
];

function same(value: number): Float32Array {
  return Float32Array.of(value, value, value);
}

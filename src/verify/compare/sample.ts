import { fail } from "../../errors.ts";
import { convertPixels, type Pixels } from "../../image/pixels.ts";
import type { Preprocessing } from "../../image/preprocessing.ts";
import { resizePixels } from "../../image/resize.ts";
import { formatShape } from "../../ir/tensor.ts";
import type { ModelInput } from "../features.ts";
import type { Tensor as GraphTensor } from "../graph/tensor.ts";
import { sizeOf } from "../tensor.ts";
import { arrange, toBlob } from "./arrangement.ts";
import type { InputPlan } from "./input-plan.ts";
import { type Random, randomPixels } from "./random.ts";

/** The same input in the words of both sides. */
export interface Sample {
  /** `picture.png`, `random 3` */
  readonly name: string;
  /** By Keras input name: a batch of the same numbers, of one unless the model fixes its size. */
  readonly keras: ReadonlyMap<string, GraphTensor>;
  /** By Core ML input name. */
  readonly coreML: Readonly<Record<string, ModelInput>>;
}

/**
 * Samples of random pictures, indices and numbers, as each input wants them. Numbers lie from -1 to 1, in every
 * second sample from -8 to 8, where activations reach their bounds.
 */
export function randomSamples(
  plans: readonly InputPlan[],
  count: number,
  random: Random,
): readonly Sample[] {
  return Array.from({ length: count }, (_, index) => {
    const reach = index % 2 === 0 ? 1 : 8;
    return sampleOf(`random ${index + 1}`, plans, (plan) => randomFor(plan, random, reach));
  });
}

/** One sample of a picture, stretched to each input that takes one; the other inputs are random. */
export function pictureSample(
  name: string,
  plans: readonly InputPlan[],
  picture: Pixels,
  random: Random,
): Sample {
  return sampleOf(name, plans, (plan) =>
    plan.preprocessing === undefined ? randomFor(plan, random, 1) : fitted(plan, picture),
  );
}

/** How often Keras gets the sample. */
export function batchSize({ keras }: Sample): number {
  const [first] = keras.values();
  return first?.shape[0] ?? 1;
}

type Source = Pixels | Float32Array;

function sampleOf(
  name: string,
  plans: readonly InputPlan[],
  source: (plan: InputPlan) => Source,
): Sample {
  const keras = new Map<string, GraphTensor>();
  const coreML: [string, ModelInput][] = [];
  for (const plan of plans) {
    const given = source(plan);
    const data = given instanceof Float32Array ? given : prepared(plan, given);
    keras.set(plan.port.name, batchOf(plan, data));
    coreML.push([plan.feature.name ?? "", modelInput(plan, given, data)]);
  }
  return { name, keras, coreML: Object.fromEntries(coreML) };
}

/** The same sample as often as Keras' fixed batch size demands. */
function batchOf({ batch, shape }: InputPlan, data: ArrayLike<number>): GraphTensor {
  const all = new Float64Array(batch * data.length);
  for (let item = 0; item < batch; item++) all.set(data, item * data.length);
  return { shape: [batch, ...shape], data: all };
}

function randomFor(plan: InputPlan, random: Random, reach: number): Source {
  const { shape, vocabulary, preprocessing } = plan;
  if (preprocessing !== undefined) {
    const { width, height, channels } = pictureSize(plan);
    return randomPixels(random, width, height, channels);
  }
  return Float32Array.from({ length: sizeOf(shape) }, () =>
    vocabulary === undefined ? (random() * 2 - 1) * reach : Math.floor(random() * vocabulary),
  );
}

function fitted(plan: InputPlan, picture: Pixels): Pixels {
  const { width, height, channels } = pictureSize(plan);
  const converted = convertPixels(picture, channels === 1 ? "grayscale" : "rgb");
  return resizePixels(converted, { width, height, interpolation: "bilinear" });
}

interface PictureSize {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

function pictureSize({ shape, order }: InputPlan): PictureSize {
  const [channels, height = 1, width = 1] = order.map((axis) => shape[axis] ?? 1);
  return { channels: channels === 1 ? 1 : 3, height, width };
}

/** Pixels as Keras wants them: in the network's order of colours, scaled and shifted, in Keras' axis order. */
function prepared(plan: InputPlan, { data: pixels, channels }: Pixels): Float64Array {
  const { order, shape, preprocessing } = plan;
  const data = new Float64Array(pixels.length);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const [channelStep = 0, rowStep = 0, columnStep = 0] = order.map((axis) => strides[axis]);
  const { width } = pictureSize(plan);
  for (let i = 0; i < pixels.length; i++) {
    const color = i % channels;
    const place = Math.floor(i / channels);
    const channel = preprocessing?.colorOrder === "bgr" ? channels - 1 - color : color;
    const base = Math.floor(place / width) * rowStep + (place % width) * columnStep;
    data[base + channel * channelStep] = pixelValue(preprocessing, pixels[i] ?? 0, color);
  }
  return data;
}

function pixelValue(
  preprocessing: Preprocessing | undefined,
  pixel: number,
  color: number,
): number {
  return pixel * (preprocessing?.scale[color] ?? 1) + (preprocessing?.bias[color] ?? 0);
}

function modelInput(plan: InputPlan, given: Source, data: ArrayLike<number>): ModelInput {
  const { shape, order, feature } = plan;
  if (feature.type?.imageType !== undefined) {
    if (given instanceof Float32Array) return fail("internal", "A picture was made of no pixels.");
    return { width: given.width, height: given.height, pixels: given.data };
  }
  const blob = arrayShape(plan);
  const places = arrange(shape, blob, order);
  if (places === undefined || sizeOf(blob) !== sizeOf(shape)) {
    const declared = formatShape(feature.type?.multiArrayType?.shape ?? []);
    return fail(
      "bad-option",
      `The Core ML input "${feature.name ?? ""}" is an array of ${declared}, which does not fit the Keras input ` +
        `"${plan.port.name}" of shape ${formatShape([null, ...shape])}.`,
      { hint: "Is this file made of this model?" },
    );
  }
  return { shape: blob, data: toBlob(Float32Array.from(data), shape, blob, places) };
}

/** The axes that an app hands over: as declared, before them a sequence where Keras has more numbers. */
function arrayShape({ shape, order, exactArrays, feature }: InputPlan): readonly number[] {
  const { shape: declared = [], ...type } = feature.type?.multiArrayType ?? {};
  const flexible = type.enumeratedShapes !== undefined || type.shapeRange !== undefined;
  const inOrder = order.map((axis) => shape[axis] ?? 1);
  if (flexible && declared.length === shape.length) return inOrder;
  if (exactArrays) return declared;
  const classic = declared.length === 1 ? [...declared, 1, 1] : declared;
  const steps = sizeOf(shape) / sizeOf(classic);
  return steps === 1 ? [1, 1, ...classic] : [steps, 1, ...classic];
}

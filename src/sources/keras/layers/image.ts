import type { ValueId } from "../../../ir/graph.ts";
import type { ResizeOp } from "../../../ir/ops/shape.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { expectRank, knownSize, layoutOf, onlyInput, spatialAxes } from "./axes.ts";
import { stopMask } from "./masks.ts";
import { keras3Release } from "./release.ts";
import { coordinatesOf, INTERPOLATIONS } from "./resize.ts";

/** Layers that bring pictures to a size, and augmentation that rests at inference. */
export const imageSpecs: readonly LayerSpec[] = [
  { classNames: ["Resizing"], lower: lowerResizing },
  { classNames: ["CenterCrop"], lower: lowerCenterCrop },
  { classNames: ["RandomCrop"], lower: lowerRandomCrop },
  {
    classNames: [
      "RandomBrightness",
      "RandomColorDegeneration",
      "RandomColorJitter",
      "RandomContrast",
      "RandomElasticTransform",
      "RandomErasing",
      "RandomFlip",
      "RandomGaussianBlur",
      "RandomGrayscale",
      "RandomHeight",
      "RandomHue",
      "RandomInvert",
      "RandomPerspective",
      "RandomPosterization",
      "RandomRotation",
      "RandomSaturation",
      "RandomSharpness",
      "RandomShear",
      "RandomTranslation",
      "RandomWidth",
      "RandomZoom",
      "AugMix",
      "CutMix",
      "MixUp",
      "RandAugment",
      "Equalization",
      "Solarization",
    ],
    lower: lowerAugmentation,
  },
];

type Size = readonly [number, number];

function lowerAugmentation(call: LayerCall): LayerResult {
  const op = { kind: "noise", fn: "augmentation", weights: {} } as const;
  return stopMask(call.emit(op, onlyInput(call)));
}

function lowerResizing(call: LayerCall): LayerResult {
  const { config } = call;
  const input = picture(call);
  const target = targetSize(call);
  const interpolation = config.oneOf("interpolation", INTERPOLATIONS, "bilinear");
  if (
    config.bool("antialias", false) &&
    interpolation !== "nearest" &&
    shrinks(call, input, target)
  ) {
    call.refuse("antialias while making a picture smaller cannot be expressed.");
  }
  let source = input;
  if (config.bool("crop_to_aspect_ratio", false)) source = cropToAspect(call, input, target);
  if (config.bool("pad_to_aspect_ratio", false)) source = padToAspect(call, input, target);
  return stopMask(emitResize(call, source, target, interpolation));
}

/** Where the picture is smaller than the crop it is enlarged instead, keeping its aspect ratio. */
function lowerCenterCrop(call: LayerCall): LayerResult {
  const input = picture(call);
  const target = targetSize(call);
  const [height, width] = sourceSize(call, input);
  if (height < target[0] || width < target[1]) return smartResize(call, input, target);
  const top = Math.floor((height - target[0]) / 2);
  const left = Math.floor((width - target[1]) / 2);
  return stopMask(crop(call, input, [top, left], target));
}

/**
 * At inference tf.keras 2 and Keras 3.0 to 3.3 resize, Keras 3.9 and later do nothing; the releases between differ.
 *
 * @see keras/src/layers/preprocessing/image_preprocessing/random_crop.py (3.9.0, 3.11.0, 3.15.1)
 */
function lowerRandomCrop(call: LayerCall): LayerResult {
  const input = picture(call);
  const target = targetSize(call);
  const [height, width] = sourceSize(call, input);
  const release = keras3Release(call.dialect);
  if ((height === target[0] && width === target[1]) || release >= 9) return lowerAugmentation(call);
  if (release > 3) {
    call.refuse(
      "what RandomCrop does at inference differs between releases of Keras 3.",
      "Take it out of the model, or put a Resizing or CenterCrop layer in its place.",
    );
  }
  return smartResize(call, input, target);
}

/** @see tf_keras/src/utils/image_utils.py (2.15) `smart_resize` */
function smartResize(call: LayerCall, input: ValueId, target: Size): LayerResult {
  return stopMask(emitResize(call, cropToAspect(call, input, target), target, "bilinear"));
}

/** The largest middle part of the target's aspect ratio, in Keras' own rounding. */
function cropToAspect(call: LayerCall, input: ValueId, target: Size): ValueId {
  const [height, width] = sourceSize(call, input);
  const rows = Math.max(1, Math.min(height, aspectSize(width, target[0], target[1])));
  const columns = Math.max(1, Math.min(width, aspectSize(height, target[1], target[0])));
  const start = [half(height - rows), half(width - columns)] as const;
  return crop(call, input, start, [rows, columns]);
}

/** Equal borders to the target's aspect ratio; an odd remainder is left off, as in Keras 3. */
function padToAspect(call: LayerCall, input: ValueId, target: Size): ValueId {
  const { config } = call;
  if (config.string("fill_mode", "constant") !== "constant") {
    call.refuse("only constant fill is known in Keras.");
  }
  const [height, width] = sourceSize(call, input);
  const rows = half(Math.max(height, aspectSize(width, target[0], target[1])) - height);
  const columns = half(Math.max(width, aspectSize(height, target[1], target[0])) - width);
  if (rows + columns === 0) return input;
  const value = config.number("fill_value", 0);
  const amounts = onSpatialAxes(call, [rows, rows], [columns, columns]);
  return call.emit({ kind: "pad", amounts, mode: "constant", value, weights: {} }, input);
}

function emitResize(
  call: LayerCall,
  input: ValueId,
  size: Size,
  interpolation: ResizeOp["interpolation"],
): ValueId {
  const coordinates = coordinatesOf(call.dialect);
  const layout = layoutOf(call.config);
  const op = { kind: "resize", size, interpolation, coordinates, layout, weights: {} } as const;
  return call.emit(op, input);
}

function crop(call: LayerCall, input: ValueId, start: Size, size: Size): ValueId {
  const [height, width] = sourceSize(call, input);
  const bottom = height - start[0] - size[0];
  const right = width - start[1] - size[1];
  if (start[0] + start[1] + bottom + right === 0) return input;
  const amounts = onSpatialAxes(call, [start[0], bottom], [start[1], right]);
  return call.emit({ kind: "crop", amounts, weights: {} }, input);
}

function onSpatialAxes(call: LayerCall, rows: Size, columns: Size): readonly Size[] {
  const [first] = spatialAxes(layoutOf(call.config), 4);
  return [0, 1, 2, 3].map((axis): Size => {
    if (axis === first) return rows;
    return axis === (first ?? 0) + 1 ? columns : [0, 0];
  });
}

function picture(call: LayerCall): ValueId {
  const input = onlyInput(call);
  expectRank(call, input, 4);
  return input;
}

function targetSize(call: LayerCall): Size {
  return [call.config.int("height"), call.config.int("width")];
}

function sourceSize(call: LayerCall, input: ValueId): Size {
  const [rows, columns] = spatialAxes(layoutOf(call.config), 4);
  return [knownSize(call, input, rows ?? 1), knownSize(call, input, columns ?? 2)];
}

function shrinks(call: LayerCall, input: ValueId, target: Size): boolean {
  const [height, width] = sourceSize(call, input);
  return target[0] < height || target[1] < width;
}

/** In float32 and cut off, as Keras computes it. */
function aspectSize(size: number, target: number, across: number): number {
  return Math.trunc(Math.fround(Math.fround(size * target) / across));
}

function half(size: number): number {
  return Math.trunc(size / 2);
}

import { padConstant } from "../../padding.ts";
import { type Grid, resample, spacing } from "../../resampling.ts";
import { take } from "../../taking.ts";
import { reshaped, type Tensor, transposed } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** Each number as often as the factors say. */
export const upsample_nearest_neighbor: OperationRun = (call) => {
  const x = call.tensor("x", 3);
  return resample(x, scaledSizes(call, x), NEAREST);
};

/** Linearly between numbers; corners are aligned unless told otherwise. */
export const upsample_bilinear: OperationRun = (call) => {
  const x = call.tensor("x", 3);
  const aligned = call.flag("align_corners", true);
  const centred = call.flag("half_pixel_centers", !aligned);
  call.require(!(aligned && centred), "aligns both corners and the centres of pixels");
  const grid = aligned
    ? GRIDS.STRICT_ALIGN_CORNERS
    : centred
      ? GRIDS.UNALIGN_CORNERS
      : GRIDS.DEFAULT;
  return resample(x, scaledSizes(call, x), grid);
};

/** To a stated height and width, linearly on one of five grids. */
export const resize_bilinear: OperationRun = (call) => {
  const x = call.tensor("x", 3);
  return resample(
    x,
    targetSizes(call, 1),
    GRIDS[call.word("sampling_mode", GRID_NAMES, "DEFAULT")],
  );
};

/** To a stated height and width, each number from its nearest. */
export const resize_nearest_neighbor: OperationRun = (call) =>
  resample(call.tensor("x", 3), targetSizes(call), NEAREST);

/** The last axes to the last sizes of a shape; 0 keeps a size. */
export const resize: OperationRun = (call) => {
  const x = call.tensor();
  const count = call.number("resized_dims");
  const wanted = call.numbers("shape");
  call.require(
    Number.isInteger(count) && count >= 0 && count <= 2 && count <= wanted.length,
    `resizes ${count} axes to [${wanted}]`,
  );
  const mode = call.word("interpolation_mode", ["LINEAR", "NEAREST_NEIGHBOR"], "LINEAR");
  const grid = GRIDS[call.word("sampling_mode", GRID_NAMES, "DEFAULT")];
  const rank = x.shape.length;
  const sizes = x.shape.slice(-2).map((size, axis) => {
    const at = axis - Math.min(2, rank) + count;
    const target = at < 0 ? 0 : wanted[wanted.length - count + at];
    return target === undefined || target === 0 ? size : target;
  });
  call.require(rank >= 2, `resizes [${x.shape}]`);
  if (mode === "LINEAR") return resample(x, positive(call, sizes), grid);
  call.require(grid === GRIDS.DEFAULT, "takes the nearest number from a grid of another kind");
  return resample(x, positive(call, sizes), NEAREST);
};

/** Channels to blocks of pixels, as tf.nn.depth_to_space. */
export const depth_to_space: OperationRun = (call) => {
  const { x, n, c, h, w } = picture(call);
  const b = blockOf(call, "block_size");
  const rest = c / (b * b);
  call.require(Number.isInteger(rest), `makes blocks of ${b} from [${x.shape}]`);
  const moved = transposed(reshaped(x, [n, b, b, rest, h, w]), [0, 3, 4, 1, 5, 2]);
  return reshaped(moved, [n, rest, h * b, w * b]);
};

/** Blocks of pixels to channels, as tf.nn.space_to_depth. */
export const space_to_depth: OperationRun = (call) => {
  const { x, n, c, h, w } = picture(call);
  const b = blockOf(call, "block_size");
  call.require(h % b === 0 && w % b === 0, `cuts [${x.shape}] into blocks of ${b}`);
  const moved = transposed(reshaped(x, [n, c, h / b, b, w / b, b]), [0, 3, 5, 1, 2, 4]);
  return reshaped(moved, [n, c * b * b, h / b, w / b]);
};

/** Channels to blocks of pixels, the channels of one block lying side by side. */
export const pixel_shuffle: OperationRun = (call) => {
  const { x, n, c, h, w } = picture(call);
  const b = blockOf(call, "upscale_factor");
  const rest = c / (b * b);
  call.require(Number.isInteger(rest), `makes blocks of ${b} from [${x.shape}]`);
  const moved = transposed(reshaped(x, [n, rest, b, b, h, w]), [0, 1, 4, 2, 5, 3]);
  return reshaped(moved, [n, rest, h * b, w * b]);
};

/** The way back from `pixel_shuffle`. */
export const pixel_unshuffle: OperationRun = (call) => {
  const { x, n, c, h, w } = picture(call);
  const b = blockOf(call, "downscale_factor");
  call.require(h % b === 0 && w % b === 0, `cuts [${x.shape}] into blocks of ${b}`);
  const moved = transposed(reshaped(x, [n, c, h / b, b, w / b, b]), [0, 1, 3, 5, 2, 4]);
  return reshaped(moved, [n, c * b * b, h / b, w / b]);
};

/** Blocks of pixels to samples of the batch, as tf.space_to_batch. */
export const space_to_batch: OperationRun = (call) => {
  const { x, n, c } = picture(call);
  const [b = 1, d = 1] = blockPair(call);
  const [top = 0, bottom = 0, left = 0, right = 0] = amounts(call, "paddings");
  const padded = padConstant(x, [0, 0, top, left], [0, 0, bottom, right], 0);
  const [, , h = 1, w = 1] = padded.shape;
  call.require(h % b === 0 && w % d === 0, `cuts [${padded.shape}] into blocks of ${b}, ${d}`);
  const moved = transposed(reshaped(padded, [n, c, h / b, b, w / d, d]), [3, 5, 0, 1, 2, 4]);
  return reshaped(moved, [b * d * n, c, h / b, w / d]);
};

/** Samples of the batch to blocks of pixels, as tf.batch_to_space. */
export const batch_to_space: OperationRun = (call) => {
  const { x, n, c, h, w } = picture(call);
  const [b = 1, d = 1] = blockPair(call);
  call.require(n % (b * d) === 0, `makes blocks of ${b}, ${d} from [${x.shape}]`);
  const rest = n / (b * d);
  const moved = transposed(reshaped(x, [b, d, rest, c, h, w]), [2, 3, 4, 0, 5, 1]);
  return cropped(call, reshaped(moved, [rest, c, h * b, w * d]), amounts(call, "crops"));
};

/** Cuts height and width. */
export const crop: OperationRun = (call) =>
  cropped(call, call.tensor("x", 3), [
    ...call.numbers("crop_height"),
    ...call.numbers("crop_width"),
  ]);

const NEAREST: Grid = (input, output) => (at) => Math.floor((at * input) / output);

const GRID_NAMES = [
  "DEFAULT",
  "STRICT_ALIGN_CORNERS",
  "ALIGN_CORNERS",
  "OFFSET_CORNERS",
  "UNALIGN_CORNERS",
] as const;

/** Where a grid of output pixels samples the input; `DEFAULT` is TensorFlow's of old, at multiples of the factor. */
const GRIDS: Readonly<Record<(typeof GRID_NAMES)[number], Grid>> = {
  DEFAULT: (input, output) => (at) => at * spacing(input - input / output, output - 1),
  STRICT_ALIGN_CORNERS: (input, output) => (at) => at * spacing(input - 1, output - 1),
  ALIGN_CORNERS: (input, output) => (at) =>
    output === 1 ? (input - 1) / 2 : at * spacing(input - 1, output - 1),
  OFFSET_CORNERS: (input, output) => (at) => (at + 0.5) * (Math.max(1, input - 1) / output),
  UNALIGN_CORNERS: (input, output) => (at) => (at + 0.5) * (input / output) - 0.5,
};

function scaledSizes(call: OperationCall, x: Tensor): readonly number[] {
  const factors = [call.number("scale_factor_height", 1), call.number("scale_factor_width", 1)];
  const sizes = x.shape.slice(-2).map((size, axis) => Math.floor(size * (factors[axis] ?? 1)));
  return positive(call, sizes);
}

function targetSizes(call: OperationCall, absent?: number): readonly number[] {
  const names = ["target_size_height", "target_size_width"];
  return positive(
    call,
    names.map((name) => call.number(name, absent)),
  );
}

function positive(call: OperationCall, sizes: readonly number[]): readonly number[] {
  const sound = sizes.every((size) => Number.isSafeInteger(size) && size > 0);
  call.require(sound, `makes a picture of ${sizes.join(" by ")}`);
  return sizes;
}

function picture(call: OperationCall) {
  const x = call.tensor();
  const [n = 1, c = 1, h = 1, w = 1] = x.shape;
  call.require(x.shape.length === 4, `needs four axes, but its input is [${x.shape}]`);
  return { x, n, c, h, w };
}

function blockOf(call: OperationCall, name: string): number {
  const size = call.number(name);
  call.require(Number.isInteger(size) && size > 0, `has blocks of ${size}`);
  return size;
}

function blockPair(call: OperationCall): readonly number[] {
  const sizes = call.numbers("block_shape");
  call.require(
    sizes.length === 2 && sizes.every((size) => Number.isInteger(size) && size > 0),
    `has blocks of [${sizes}]`,
  );
  return sizes;
}

function amounts(call: OperationCall, name: string): readonly number[] {
  const values = call.numbers(name);
  call.require(
    values.length === 4 && values.every((value) => Number.isInteger(value) && value >= 0),
    `has ${name} [${values}]`,
  );
  return values;
}

function cropped(call: OperationCall, x: Tensor, borders: readonly number[]): Tensor {
  const rank = x.shape.length;
  return [0, 1].reduce((result, side) => {
    const axis = rank - 2 + side;
    const [start = 0, end = 0] = borders.slice(2 * side);
    const count = (x.shape[axis] ?? 1) - start - end;
    call.require(
      borders.length === 4 && start >= 0 && end >= 0 && count > 0,
      `cuts [${borders}] from [${x.shape}]`,
    );
    return take(result, axis, start, 1, count);
  }, x);
}

import { toFloat32 } from "../../formats/coreml/carriers.ts";
import type {
  SamplingModeMethod,
  UpsampleLayerParamsLinearUpsampleMode,
} from "../../formats/coreml/types.gen.ts";
import { on } from "../call.ts";
import { type Grid, resample, spacing } from "../resampling.ts";
import { reshaped, sizeOf, transposed } from "../tensor.ts";
import { pairOf } from "./borders.ts";

/**
 * Enlarges axes -2 and -1, by nearest neighbour or bilinearly on one of three grids.
 *
 * @see NeuralNetwork.proto UpsampleLayerParams
 */
export const upsample = on("upsample", (params, call) => {
  const x = call.input(0, 3);
  const fractions = [...toFloat32(params.fractionalScalingFactor)];
  const factors = fractions.length > 0 ? fractions : pairOf(params.scalingFactor, 1);
  const sizes = x.shape.slice(-2).map((size, axis) => Math.floor(size * (factors[axis] ?? 1)));
  if (params.mode !== "BILINEAR") {
    return resample(x, sizes, (input, output) => (at) => Math.floor((at * input) / output));
  }
  const grid = UPSAMPLE_GRIDS[params.linearUpsampleMode ?? "DEFAULT"];
  return resample(x, sizes, grid);
});

/** @see NeuralNetwork.proto ResizeBilinearLayerParams, SamplingMode */
export const resizeBilinear = on("resizeBilinear", (params, call) => {
  const x = call.input(0, 3);
  const grid = SAMPLING_GRIDS[params.mode?.samplingMethod ?? "STRICT_ALIGN_ENDPOINTS_MODE"];
  return resample(x, pairOf(params.targetSize, 1), grid);
});

/**
 * Moves blocks of pixels into channels, or back.
 *
 * @see NeuralNetwork.proto ReorganizeDataLayerParams
 */
export const reorganizeData = on("reorganizeData", ({ mode, blockSize: b = 0 }, call) => {
  const x = call.input(0, 3);
  const lead = x.shape.slice(0, -3);
  const [c = 1, h = 1, w = 1] = x.shape.slice(-3);
  const batch = sizeOf(lead);
  if (mode === undefined || mode === "SPACE_TO_DEPTH") {
    call.require(b > 1 && h % b === 0 && w % b === 0, `cuts [${x.shape}] into blocks of ${b}`);
    const blocks = reshaped(x, [batch, c, h / b, b, w / b, b]);
    const moved = transposed(blocks, [0, 3, 5, 1, 2, 4]);
    return reshaped(moved, [...lead, c * b * b, h / b, w / b]);
  }
  call.require(b > 1 && c % (b * b) === 0, `makes blocks of ${b} from [${x.shape}]`);
  const rest = c / (b * b);
  const shuffle = mode === "PIXEL_SHUFFLE";
  const blocks = reshaped(x, shuffle ? [batch, rest, b, b, h, w] : [batch, b, b, rest, h, w]);
  const moved = transposed(blocks, shuffle ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return reshaped(moved, [...lead, rest, h * b, w * b]);
});

const UPSAMPLE_GRIDS: Readonly<Record<UpsampleLayerParamsLinearUpsampleMode, Grid>> = {
  DEFAULT: (input, output) => (at) => at * spacing(input - input / output, output - 1),
  ALIGN_CORNERS_TRUE: (input, output) => (at) => at * spacing(input - 1, output - 1),
  ALIGN_CORNERS_FALSE: (input, output) => (at) => (at + 0.5) * (input / output) - 0.5,
};

const SAMPLING_GRIDS: Readonly<Record<SamplingModeMethod, Grid>> = {
  STRICT_ALIGN_ENDPOINTS_MODE: (input, output) => (at) => at * spacing(input - 1, output - 1),
  ALIGN_ENDPOINTS_MODE: (input, output) => (at) =>
    output === 1 ? (input - 1) / 2 : at * spacing(input - 1, output - 1),
  UPSAMPLE_MODE: (input, output) => (at) => at * spacing(input - input / output, output - 1),
  ROI_ALIGN_MODE: (input, output) => (at) => (at + 0.5) * (Math.max(1, input - 1) / output),
};

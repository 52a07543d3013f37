import { toFloat32 } from "../../formats/coreml/carriers.ts";
import type {
  SamplingModeMethod,
  UpsampleLayerParamsLinearUpsampleMode,
} from "../../formats/coreml/types.gen.ts";
import { on } from "../call.ts";
import { emptyTensor, reshaped, sizeOf, type Tensor, transposed } from "../tensor.ts";
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

/** For an axis of `input` pixels: where output pixel `at` of `output` samples it. */
type Grid = (input: number, output: number) => (at: number) => number;

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

/** A single point stands at the start. */
function spacing(length: number, steps: number): number {
  return steps === 0 ? 0 : length / steps;
}

/** Interpolates along height, then along width; grid points are kept within the image. */
function resample(x: Tensor, sizes: readonly number[], grid: Grid): Tensor {
  const [h = 1, w = 1] = x.shape.slice(-2);
  const [height = 1, width = 1] = sizes;
  const rows = pointsOf(h, height, grid);
  const columns = pointsOf(w, width, grid);
  const result = emptyTensor([...x.shape.slice(0, -2), height, width]);
  let target = 0;
  for (let plane = 0; plane < x.data.length; plane += h * w) {
    for (const row of rows) {
      for (const column of columns) {
        const at = (y: number, z: number) => x.data[plane + y * w + z] ?? 0;
        const upper = mix(at(row.low, column.low), at(row.low, column.high), column.share);
        const lower = mix(at(row.high, column.low), at(row.high, column.high), column.share);
        result.data[target++] = mix(upper, lower, row.share);
      }
    }
  }
  return result;
}

interface Point {
  readonly low: number;
  readonly high: number;
  /** Of the pixel at `high`. */
  readonly share: number;
}

function pointsOf(input: number, output: number, grid: Grid): readonly Point[] {
  const place = grid(input, output);
  return Array.from({ length: output }, (_, at) => {
    const point = Math.min(input - 1, Math.max(0, place(at)));
    const low = Math.floor(point);
    return { low, high: Math.min(low + 1, input - 1), share: point - low };
  });
}

function mix(low: number, high: number, share: number): number {
  return low + (high - low) * share;
}

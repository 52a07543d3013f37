import { toFloat32 } from "../../../formats/coreml/carriers.ts";
import type { ResizeOp } from "../../../ir/ops/shape.ts";
import { axesAt, type Blob, placedAxes } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { pairOf } from "./window.ts";

/** Enlarges height and width. @see NeuralNetwork.proto UpsampleLayerParams */
export const upsample = on("upsample", (params, call) => {
  const x = call.input(0, 3);
  const fractions = [...toFloat32(params.fractionalScalingFactor)];
  const bilinear = params.mode === "BILINEAR";
  const grid = params.linearUpsampleMode ?? "DEFAULT";
  if (bilinear && grid === "ALIGN_CORNERS_TRUE")
    call.refuse("it keeps the corners of a picture in place");
  const interpolation = bilinear ? "bilinear" : "nearest";
  const coordinates = bilinear && grid === "DEFAULT" ? "asymmetric" : "half-pixel";
  const whole = fractions.every((factor) => Number.isInteger(factor));
  if (whole) {
    const factors = fractions.length > 0 ? fractions : pairOf(params.scalingFactor, 1);
    return lowerResize(call, x, { factors, interpolation, coordinates });
  }
  const size = call
    .dims(x)
    .slice(-2)
    .map((dim, axis) => {
      if (dim === null) return call.refuse("it scales a free size by a fraction");
      return Math.floor(dim * (fractions[axis] ?? 1));
    });
  // sampled at whole places, which for nearest is the asymmetric grid
  lowerResize(call, x, { size, interpolation, coordinates: bilinear ? coordinates : "asymmetric" });
});

/** @see NeuralNetwork.proto ResizeBilinearLayerParams, SamplingMode */
export const resizeBilinear = on("resizeBilinear", (params, call) => {
  const x = call.input(0, 3);
  const method = params.mode?.samplingMethod ?? "STRICT_ALIGN_ENDPOINTS_MODE";
  const size = pairOf(params.targetSize, 1);
  const same = call.dims(x).slice(-2).join() === size.join();
  if (method !== "UPSAMPLE_MODE" && !same)
    call.refuse(`its grid is ${method}, which Keras does not have`);
  lowerResize(call, x, { size, interpolation: "bilinear", coordinates: "asymmetric" });
});

type Resizing = Pick<ResizeOp, "interpolation" | "coordinates"> & {
  readonly factors?: readonly number[];
  readonly size?: readonly number[];
};

function lowerResize(call: LayerCall, x: Blob, resizing: Resizing): void {
  const rank = x.axes.length;
  const dims = call.dims(x);
  const { factors, size, ...how } = resizing;
  const changed = [rank - 2, rank - 1].filter((index, side) =>
    factors === undefined ? size?.[side] !== dims[index] : factors[side] !== 1,
  );
  for (const index of changed) call.touch(x, index);
  const placed = placedAxes(x);
  const lead = placed.filter((index) => index < rank - 3).sort((a, b) => a - b);
  const plane = [rank - 2, rank - 1].filter(
    (index) => placed.includes(index) || changed.includes(index),
  );
  const spatial = [...lead, ...plane];
  const places = [...spatial, rank - 3];
  const value = call.arrange(x, places);
  if (spatial.length === 0) {
    call.finish(value, x.axes, places);
    return;
  }
  const side = (list: readonly number[], index: number, kept: number): number =>
    index < rank - 3 ? kept : (list[index - (rank - 2)] ?? kept);
  const sizes =
    factors === undefined
      ? {
          size: spatial.map((index) =>
            side(size ?? [], index, dims[index] ?? call.refuse("it resizes beside a free size")),
          ),
        }
      : { factors: spatial.map((index) => side(factors, index, 1)) };
  const op = { kind: "resize", ...sizes, ...how, layout: "channels-last", weights: {} } as const;
  call.finish(call.emit(op, value), x.axes, places);
}

/** Moves blocks of pixels into channels, or back. @see NeuralNetwork.proto ReorganizeDataLayerParams */
export const reorganizeData = on("reorganizeData", ({ mode, blockSize: b = 0 }, call) => {
  const x = call.input(0, 3);
  const rank = x.axes.length;
  const [ch, row, column] = [rank - 3, rank - 2, rank - 1];
  if (placedAxes(x).some((index) => index < ch))
    call.refuse("it moves blocks of a sequence of pictures");
  const places = [ch, row, column];
  const dims = places.map(
    (index) => call.dims(x)[index] ?? call.refuse("it moves blocks of a picture of free size"),
  );
  const [c = 1, h = 1, w = 1] = dims;
  const toDepth = mode === undefined || mode === "SPACE_TO_DEPTH";
  const shuffle = mode === "PIXEL_SHUFFLE";
  const sound = b > 1 && (toDepth ? h % b === 0 && w % b === 0 : c % (b * b) === 0);
  if (!sound) call.fail(`moves blocks of ${b} of [${dims.join(", ")}]`);
  const rest = c / (b * b);
  const blocks = toDepth
    ? [c, h / b, b, w / b, b]
    : shuffle
      ? [rest, b, b, h, w]
      : [b, b, rest, h, w];
  const order = toDepth ? [0, 3, 5, 1, 2, 4] : shuffle ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
  const target = toDepth ? [c * b * b, h / b, w / b] : [rest, h * b, w * b];
  const cut = call.emit({ kind: "reshape", shape: blocks, weights: {} }, call.arrange(x, places));
  const moved = call.emit({ kind: "permute", dims: order, weights: {} }, cut);
  const value = call.emit({ kind: "reshape", shape: target, weights: {} }, moved);
  call.bind({ value, axes: axesAt(x.axes, places) });
});

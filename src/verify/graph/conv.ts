import type {
  ConvOp,
  ConvTransposeOp,
  DepthwiseConvOp,
  LocallyConnectedOp,
} from "../../ir/ops/conv.ts";
import { sizeOf } from "../../ir/tensor.ts";
import { channelsLast, spatialRank, three, threeSpatial } from "./layout.ts";
import { multiplyRows, PANEL } from "./multiply.ts";
import { at, dim, only, type Tensor, transpose, zeros } from "./tensor.ts";
import { load, loadOr } from "./weight.ts";
import { forEachTap, type WindowAxis, windowAxes } from "./window.ts";

/** Convolution over one to three axes. */
export function conv(op: ConvOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const kernel = load(op.weights.kernel);
  const rank = op.strides.length;
  const bias = loadOr(op.weights.bias, dim(kernel, -1), 0);
  return channelsLast(only(inputs), op.layout, (input) => {
    const x = threeSpatial(input);
    const axes = windowAxes(x.shape, { ...op, size: kernel.shape.slice(0, rank) });
    return spatialRank(convolve(x, kernel, axes, op.groups, bias), rank);
  });
}

/** Each channel by itself; output channel `c * multiplier + m`. */
export function depthwiseConv(op: DepthwiseConvOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const kernel = load(op.weights.kernel);
  const rank = op.strides.length;
  const channels = dim(kernel, -2);
  const multiplier = dim(kernel, -1);
  const out = channels * multiplier;
  const bias = loadOr(op.weights.bias, out, 0);
  return channelsLast(only(inputs), op.layout, (input) => {
    const x = threeSpatial(input);
    const axes = windowAxes(x.shape, { ...op, size: kernel.shape.slice(0, rank) });
    const y = zeros([dim(x, 0), ...axes.map((axis) => axis.output), out]);
    for (let b = 0; b < dim(x, 0); b++) {
      const [from, to] = [batchStart(x, b), batchStart(y, b)];
      forEachTap(axes, (output, tap, place) => {
        let weight = tap * out;
        let sum = to + output * out;
        for (let c = 0; c < channels; c++) {
          const value = x.data[from + place * channels + c] ?? 0;
          for (let m = 0; m < multiplier; m++, sum++, weight++) {
            y.data[sum] = (y.data[sum] ?? 0) + value * (kernel.data[weight] ?? 0);
          }
        }
      });
    }
    return spatialRank(addBias(y, bias), rank);
  });
}

/** The gradient of a convolution: every input adds a kernel to the output. */
export function convTranspose(op: ConvTransposeOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const kernel = load(op.weights.kernel);
  const rank = op.strides.length;
  const out = dim(kernel, -2);
  const bias = loadOr(op.weights.bias, out, 0);
  return channelsLast(only(inputs), op.layout, (input) => {
    const x = threeSpatial(input);
    const channels = dim(x, -1);
    // The forward convolution goes from our output to our input.
    const axes = transposedAxes(op, x.shape, kernel.shape.slice(0, rank));
    const y = zeros([dim(x, 0), ...axes.map((axis) => axis.input), out]);
    for (let b = 0; b < dim(x, 0); b++) {
      const [from, to] = [batchStart(x, b), batchStart(y, b)];
      forEachTap(axes, (output, tap, place) => {
        for (let o = 0; o < out; o++) {
          let sum = 0;
          for (let c = 0; c < channels; c++) {
            const weight = at(kernel.data, (tap * out + o) * channels + c);
            sum += at(x.data, from + output * channels + c) * weight;
          }
          const i = to + place * out + o;
          y.data[i] = at(y.data, i) + sum;
        }
      });
    }
    return spatialRank(addBias(y, bias), rank);
  });
}

/** A convolution with a kernel of its own at every place. */
export function locallyConnected(
  op: LocallyConnectedOp,
  inputs: readonly Tensor[],
): readonly Tensor[] {
  const kernel = load(op.weights.kernel);
  const rank = op.strides.length;
  const [taps, out] = [dim(kernel, 1), dim(kernel, 2)];
  return channelsLast(only(inputs), op.layout, (input) => {
    const x = threeSpatial(input);
    const channels = dim(x, -1);
    const dilations = op.strides.map(() => 1);
    const window = { size: op.kernelSize, strides: op.strides, dilations };
    const axes = windowAxes(x.shape, { ...window, padding: "valid" });
    const y = zeros([dim(x, 0), ...axes.map((axis) => axis.output), out]);
    const places = sizeOf(axes.map((axis) => axis.output));
    const bias = loadOr(op.weights.bias, places * out, 0);
    for (let b = 0; b < dim(x, 0); b++) {
      const [from, to] = [batchStart(x, b), batchStart(y, b)];
      y.data.set(bias, to);
      forEachTap(axes, (output, tap, place) => {
        for (let c = 0; c < channels; c++) {
          const value = at(x.data, from + place * channels + c);
          for (let o = 0; o < out; o++) {
            const weight = at(kernel.data, (output * taps + tap * channels + c) * out + o);
            y.data[to + output * out + o] = at(y.data, to + output * out + o) + value * weight;
          }
        }
      });
    }
    return spatialRank(y, rank);
  });
}

type Axes = readonly [WindowAxis, WindowAxis, WindowAxis];

/** Cross-correlation of `(batch, d, h, w, channels)` with `[…, channels / groups, out]`. */
export function convolve(
  x: Tensor,
  kernel: Tensor,
  axes: Axes,
  groups: number,
  bias: Float64Array,
): Tensor {
  const out = dim(kernel, -1);
  const depth = kernel.data.length / out;
  // Output channels first: each is one row of weights.
  const rows = transpose({ shape: [depth, out], data: kernel.data }, [1, 0]).data;
  const y = zeros([dim(x, 0), ...axes.map((axis) => axis.output), out]);
  const [places, perGroup] = [tapPlaces(axes), dim(kernel, -2)];
  const [panel, count] = [new Float64Array(depth * PANEL), out / groups];
  for (let b = 0; b < dim(x, 0); b++) {
    const to = batchStart(y, b);
    for (let first = 0; first < sizeOf(axes.map((axis) => axis.output)); first += PANEL) {
      for (let group = 0; group < groups; group++) {
        const channels = { from: batchStart(x, b) + group * perGroup, count: perGroup };
        fillPanel(panel, x, places, first, channels);
        const start = group * count * depth;
        multiplyRows({ data: rows, start, count, depth }, panel, (row, s0, s1, s2, s3) => {
          const o = group * count + row;
          const offset = bias[o] ?? 0;
          const target = to + first * out + o;
          // Beyond the last place of this sample only the next sample's numbers or nothing follows.
          y.data[target] = s0 + offset;
          y.data[target + out] = s1 + offset;
          y.data[target + 2 * out] = s2 + offset;
          y.data[target + 3 * out] = s3 + offset;
        });
      }
    }
  }
  return y;
}

/** For each output place and each tap the input place, -1 outside. */
interface TapPlaces {
  readonly taps: number;
  readonly places: Int32Array;
}

function tapPlaces(axes: Axes): TapPlaces {
  const taps = sizeOf(axes.map((axis) => axis.size));
  const places = new Int32Array(sizeOf(axes.map((axis) => axis.output)) * taps).fill(-1);
  forEachTap(axes, (output, tap, place) => {
    places[output * taps + tap] = place;
  });
  return { taps, places };
}

/** What the kernel sees at four output places from `first` on; zeros outside the input. */
function fillPanel(
  panel: Float64Array,
  x: Tensor,
  { taps, places }: TapPlaces,
  first: number,
  channels: { readonly from: number; readonly count: number },
): void {
  const width = dim(x, -1);
  for (let column = 0; column < PANEL; column++) {
    let target = column;
    for (let tap = 0; tap < taps; tap++) {
      const place = places[(first + column) * taps + tap] ?? -1;
      const source = channels.from + place * width;
      for (let c = 0; c < channels.count; c++, target += PANEL) {
        panel[target] = place < 0 ? 0 : (x.data[source + c] ?? 0);
      }
    }
  }
}

function transposedAxes(
  op: ConvTransposeOp,
  input: readonly number[],
  size: readonly number[],
): Axes {
  const sizes = three(size, 1);
  const strides = three(op.strides, 1);
  const dilations = three(op.dilations, 1);
  const extra = op.outputPadding === undefined ? undefined : three(op.outputPadding, 0);
  const axis = (i: 0 | 1 | 2): WindowAxis => {
    const [small, stride, dilation] = [at(input, i + 1), strides[i], dilations[i]];
    const reach = (sizes[i] - 1) * dilation + 1;
    const covered = (small - 1) * stride + reach;
    const same = op.padding === "same";
    let large = small * stride + (same ? 0 : Math.max(reach - stride, 0));
    if (extra !== undefined) large = covered - (same ? 2 * Math.floor(reach / 2) : 0) + extra[i];
    // The axes that only fill up to three stay as they are.
    if (i < 3 - op.strides.length) large = small;
    const before = same ? Math.floor(Math.max(0, covered - large) / 2) : 0;
    return { input: large, output: small, size: sizes[i], stride, dilation, before };
  };
  return [axis(0), axis(1), axis(2)];
}

function batchStart(tensor: Tensor, batch: number): number {
  return (tensor.data.length / dim(tensor, 0)) * batch;
}

function addBias(tensor: Tensor, bias: Float64Array): Tensor {
  return { shape: tensor.shape, data: tensor.data.map((x, i) => x + at(bias, i % bias.length)) };
}

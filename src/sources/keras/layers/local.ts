import type { Layout } from "../../../ir/ops/conv.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { mapWeight } from "../../../weights/map.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { transposeWeight } from "../../../weights/transpose.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { activate } from "./activation-config.ts";
import { knownSize, layoutOf, spatialAxes } from "./axes.ts";
import { convInput, withBias } from "./conv.ts";
import { kernelAndBias } from "./dense.ts";
import { stopMask } from "./masks.ts";

/** Convolutions with weights of their own at each place. */
export const localSpecs: readonly LayerSpec[] = [1, 2].map((rank) => ({
  classNames: [`LocallyConnected${rank}D`],
  slots: kernelAndBias,
  lower: (call: LayerCall) => lowerLocal(call, rank),
}));

interface Places {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  /** Spatial sizes of input and output. */
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly channels: number;
  readonly filters: number;
  readonly layout: Layout;
}

function lowerLocal(call: LayerCall, rank: number): LayerResult {
  const { config } = call;
  const { input, channels } = convInput(call, rank);
  const ones = Array.from({ length: rank }, () => 1);
  const kernelSize = config.ints("kernel_size", rank);
  const strides = config.ints("strides", rank, ones);
  if (config.string("padding", "valid") !== "valid") call.refuse("only valid padding is known.");
  const layout = layoutOf(config);
  const sizes = spatialAxes(layout, rank + 2).map((axis) => knownSize(call, input, axis));
  const output = sizes.map((size, index) => {
    const room = size - (kernelSize[index] ?? 1);
    return Math.floor(room / (strides[index] ?? 1)) + 1;
  });
  const filters = config.int("filters");
  const places = { kernelSize, strides, input: sizes, output, channels, filters, layout };
  const kernel = readKernel(call, places);
  const weights = withBias(kernel, call.optionalWeight("bias", [...output, filters]));
  const op = { kind: "locallyConnected", kernelSize, strides, layout, weights } as const;
  return stopMask(activate(call, call.emit(op, input)));
}

/**
 * The kernel as `[positions, patch * channels, filters]`, from any of the three forms of tf.keras. All earlier Keras
 * have the first.
 *
 * @see tf_keras/src/layers/locally_connected/locally_connected2d.py (2.15)
 */
function readKernel(call: LayerCall, places: Places): WeightRef {
  const { input, output, channels, filters, layout } = places;
  const patch = product(places.kernelSize);
  const positions = product(output);
  const shape = [positions, patch * channels, filters];
  const last = layout === "channels-last";
  switch (call.config.int("implementation", 1)) {
    case 1: {
      const stored = call.weight("kernel", shape);
      return last ? stored : channelsToEnd(stored, channels, patch);
    }
    case 2: {
      const wide = last
        ? [...input, channels, ...output, filters]
        : [channels, ...input, filters, ...output];
      return fromDense(call.weight("kernel", wide), places, shape);
    }
    case 3: {
      const stored = call.weight("kernel", [positions * filters * patch * channels]);
      return fromSparse(stored, places, shape);
    }
    default:
      return call.refuse("its weights are stored in a form that is not known.");
  }
}

/** A channels_first layer stores each patch channel by channel. */
function channelsToEnd(kernel: WeightRef, channels: number, patch: number): WeightRef {
  const [positions = 0, , filters = 0] = kernel.shape;
  const apart = reshapeWeight(kernel, [positions, channels, patch, filters]);
  return reshapeWeight(transposeWeight(apart, [0, 2, 1, 3]), [
    positions,
    patch * channels,
    filters,
  ]);
}

/** Form 3 lists the real connections, by output element and then by input element. */
function fromSparse(kernel: WeightRef, places: Places, shape: readonly number[]): WeightRef {
  const { channels, filters, layout, output } = places;
  const positions = product(output);
  const patch = product(places.kernelSize);
  if (layout === "channels-last") {
    const apart = reshapeWeight(kernel, [positions, filters, patch * channels]);
    return transposeWeight(apart, [0, 2, 1]);
  }
  const apart = reshapeWeight(kernel, [filters, positions, channels, patch]);
  return reshapeWeight(transposeWeight(apart, [1, 3, 2, 0]), shape);
}

/** Form 2 has a place for every pair of input and output element, most of them unused. */
function fromDense(kernel: WeightRef, places: Places, shape: readonly number[]): WeightRef {
  return mapWeight("connections", [kernel], shape, (dense) =>
    Float64Array.from(
      { length: product(shape) },
      (_, index) => dense[denseIndex(index, places)] ?? 0,
    ),
  );
}

function denseIndex(index: number, places: Places): number {
  const { kernelSize, strides, input, output, channels, filters, layout } = places;
  const patch = product(kernelSize);
  const [position = 0, offset = 0, channel = 0, filter = 0] = unravel(index, [
    product(output),
    patch,
    channels,
    filters,
  ]);
  const target = unravel(position, output);
  const source = unravel(offset, kernelSize).map(
    (step, axis) => (target[axis] ?? 0) * (strides[axis] ?? 1) + step,
  );
  return layout === "channels-last"
    ? ravel([...source, channel, ...target, filter], [...input, channels, ...output, filters])
    : ravel([channel, ...source, filter, ...target], [channels, ...input, filters, ...output]);
}

function unravel(index: number, dims: readonly number[]): readonly number[] {
  let rest = index;
  const reversed = [...dims].reverse().map((dim) => {
    const at = rest % dim;
    rest = Math.floor(rest / dim);
    return at;
  });
  return reversed.reverse();
}

function ravel(at: readonly number[], dims: readonly number[]): number {
  return dims.reduce((index, dim, axis) => index * dim + (at[axis] ?? 0), 0);
}

function product(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * dim, 1);
}

import type { Node } from "../../ir/graph.ts";
import type { ConvTransposeOp } from "../../ir/ops/conv.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { mapWeight } from "../../weights/map.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import { borders, paddingField, VALID } from "./border.ts";
import { convolution3d } from "./conv-volume.ts";
import type { Emission } from "./emission.ts";
import { knownSize, refuse } from "./refuse.ts";
import { type CoreWindow, coreWindow, isVolumeWindow } from "./window.ts";

/**
 * A deconvolution with its output size written. Core ML ignores dilation here, so a dilated kernel is written
 * with its zeros.
 * @see NeuralNetwork.proto ConvolutionLayerParams `isDeconvolution`
 */
export function emitConvTranspose(node: Node<ConvTransposeOp>, emission: Emission): string {
  const rank = node.op.strides.length;
  const kernel = spread(node.op.weights.kernel, node.op.dilations);
  const dilations = node.op.dilations.map(() => 1);
  const window = coreWindow({ ...node.op, dilations, size: kernel.shape.slice(0, rank) });
  const emit = isVolumeWindow(window) ? emitVolume : emitFlat;
  return emit(node, emission, window, kernel);
}

function emitFlat(
  node: Node<ConvTransposeOp>,
  emission: Emission,
  window: CoreWindow,
  kernel: WeightRef,
): string {
  const { bias } = node.op.weights;
  const [filters = 0, channels = 0] = kernel.shape.slice(-2);
  const x = emission.read(node, window.layout).name;
  const writer = emission.write(node, window.layout);
  const spatial = reshapeWeight(kernel, [...window.size, filters, channels]);
  const common = {
    outputChannels: filters,
    kernelChannels: channels,
    nGroups: 1,
    kernelSize: window.size,
    stride: window.strides,
    dilationFactor: [1, 1],
    isDeconvolution: true,
    weights: emission.weights(node, transposeWeight(spatial, [3, 2, 0, 1])),
    ...(bias === undefined ? {} : { hasBias: true, bias: emission.weights(node, bias) }),
  };
  const update = emission.isTrainable(node) ? { isUpdatable: true } : {};
  if (window.outputPadding === undefined || node.op.padding === "valid") {
    const padding = paddingField(node.op.padding);
    const outputShape = outputSizes(node, emission, window);
    return writer.finish({ ...update, convolution: { ...common, ...padding, outputShape } }, x);
  }
  // what Keras cuts off at the start follows from the output size, output padding included: cut it in the open
  const cuts = cutsOf(node, emission, window);
  if (cuts.some(([start, end]) => start < 0 || end < 0)) {
    refuse(node, "output_padding reaches beyond what the kernel covers.");
  }
  const whole = writer.step("whole", { ...update, convolution: { ...common, ...VALID } }, x);
  const [height = [0, 0], width = [0, 0]] = cuts;
  return writer.finish({ crop: { cropAmounts: borders(height, width), offset: [0, 0] } }, whole);
}

function emitVolume(
  node: Node<ConvTransposeOp>,
  emission: Emission,
  window: CoreWindow,
  kernel: WeightRef,
): string {
  if (window.outputPadding !== undefined && node.op.padding === "same") {
    refuse(node, "output_padding with same padding over three axes cannot be expressed.");
  }
  const { bias } = node.op.weights;
  const [filters = 0, channels = 0] = kernel.shape.slice(-2);
  const x = emission.read(node, window.layout).name;
  const params = {
    outputChannels: filters,
    inputChannels: channels,
    nGroups: 1,
    isDeconvolution: true,
    outputShape: outputSizes(node, emission, window),
    weights: emission.weights(node, transposeWeight(kernel, [4, 3, 0, 1, 2])),
    ...(bias === undefined ? {} : { hasBias: true, bias: emission.weights(node, bias) }),
  };
  return emission
    .write(node, window.layout)
    .finish({ convolution3d: convolution3d(window, params) }, x);
}

/**
 * Output size for each axis of the window. Empty when sizes are free and the layer's own rule gives the same:
 * `in * stride` for same, `(in - 1) * stride + kernel` for valid.
 */
function outputSizes(
  node: Node<ConvTransposeOp>,
  emission: Emission,
  window: CoreWindow,
): readonly number[] {
  const shape = emission.shapeOf(node.outputs[0] ?? "");
  const covered = window.size.every((size, axis) => size >= (window.strides[axis] ?? 1));
  const plain = window.outputPadding === undefined && covered && !isVolumeWindow(window);
  const places = spatialAxes(node, window);
  if (plain && places.some((axis) => axis !== undefined && shape[axis] === null)) return [];
  return places.map((axis) =>
    axis === undefined ? 1 : knownSize(node, shape, axis, "The output size"),
  );
}

/** How much of the full gradient lies before and after the output, which TensorFlow centres. */
function cutsOf(
  node: Node<ConvTransposeOp>,
  emission: Emission,
  window: CoreWindow,
): readonly (readonly [number, number])[] {
  const sizes = outputSizes(node, emission, window);
  const { shape } = emission.input(node);
  return spatialAxes(node, window).map((axis, index) => {
    const input = axis === undefined ? 1 : knownSize(node, shape, axis, "The input size");
    const whole = (input - 1) * (window.strides[index] ?? 1) + (window.size[index] ?? 1);
    const before = Math.floor((whole - (sizes[index] ?? 0)) / 2);
    return [before, whole - (sizes[index] ?? 0) - before];
  });
}

/** The value's axis for each axis of the window; undefined for a height that is not there. */
function spatialAxes(
  node: Node<ConvTransposeOp>,
  window: CoreWindow,
): readonly (number | undefined)[] {
  const first = node.op.layout === "channels-first" ? 2 : 1;
  return window.axes.map((axis) => (axis === undefined ? undefined : first + axis));
}

/** The kernel with `dilation - 1` zeros between its elements. */
function spread(kernel: WeightRef, dilations: readonly number[]): WeightRef {
  if (dilations.every((dilation) => dilation === 1)) return kernel;
  const rank = dilations.length;
  const tail = kernel.shape.slice(rank).reduce((size, dim) => size * dim, 1);
  const size = kernel.shape
    .slice(0, rank)
    .map((dim, axis) => (dim - 1) * (dilations[axis] ?? 1) + 1);
  const shape = [...size, ...kernel.shape.slice(rank)];
  return mapWeight(
    `spread(${dilations.join(",")})`,
    [kernel],
    shape,
    (values = new Float64Array()) => {
      const spreadValues = new Float64Array(size.reduce((product, dim) => product * dim, tail));
      for (let tap = 0; tap < values.length / tail; tap++) {
        let rest = tap;
        let target = 0;
        let stride = 1;
        for (let axis = rank - 1; axis >= 0; axis--) {
          const dim = kernel.shape[axis] ?? 1;
          target += (rest % dim) * (dilations[axis] ?? 1) * stride;
          rest = Math.floor(rest / dim);
          stride *= size[axis] ?? 1;
        }
        spreadValues.set(values.subarray(tap * tail, (tap + 1) * tail), target * tail);
      }
      return spreadValues;
    },
  );
}

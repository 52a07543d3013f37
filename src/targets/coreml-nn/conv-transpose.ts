import type { Node } from "../../ir/graph.ts";
import type { ConvTransposeOp } from "../../ir/ops/conv.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { mapWeight } from "../../weights/map.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import { refuse } from "../refuse.ts";
import { borders, paddingField, VALID } from "./border.ts";
import { emitTransposeVolume } from "./conv-transpose-volume.ts";
import type { Emission } from "./emission.ts";
import { cutsOf, outputSizes } from "./transposed-size.ts";
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
  const emit = isVolumeWindow(window) ? emitTransposeVolume : emitFlat;
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

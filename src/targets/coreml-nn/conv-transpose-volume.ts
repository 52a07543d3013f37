import type { Node } from "../../ir/graph.ts";
import type { ConvTransposeOp } from "../../ir/ops/conv.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import { refuse } from "../refuse.ts";
import { convolution3d } from "./conv-volume.ts";
import type { Emission } from "./emission.ts";
import { cutsOf, outputSizes } from "./transposed-size.ts";
import type { CoreWindow } from "./window.ts";

/**
 * A deconvolution over depth, height and width. Weights stand as `[in, out, depth, height, width]`, as
 * coremltools stores them.
 */
export function emitTransposeVolume(
  node: Node<ConvTransposeOp>,
  emission: Emission,
  window: CoreWindow,
  kernel: WeightRef,
): string {
  const { bias } = node.op.weights;
  const [outputChannels = 0, inputChannels = 0] = kernel.shape.slice(-2);
  const x = emission.read(node, window.layout).name;
  const writer = emission.write(node, window.layout);
  const params = {
    outputChannels,
    inputChannels,
    nGroups: 1,
    isDeconvolution: true,
    weights: emission.weights(node, transposeWeight(kernel, [4, 3, 0, 1, 2])),
    ...(bias === undefined ? {} : { hasBias: true, bias: emission.weights(node, bias) }),
  };
  const outputShape = outputSizes(node, emission, window);
  if (window.outputPadding === undefined || node.op.padding === "valid") {
    return writer.finish({ convolution3d: convolution3d(window, { ...params, outputShape }) }, x);
  }
  const cuts = cutsOf(node, emission, window);
  if (cuts.some(([start, end]) => start < 0 || end < 0)) {
    refuse(node, "output_padding reaches beyond what the kernel covers.");
  }
  const whole = {
    ...params,
    outputShape: cuts.map(([start, end], axis) => start + end + (outputShape[axis] ?? 0)),
  };
  const full = convolution3d({ ...window, padding: "valid" }, whole);
  return writer.finish(
    sliceVolume(cuts, outputShape),
    writer.step("whole", { convolution3d: full }, x),
  );
}

/** The part of a volume between the cuts, all of batch and channels. */
function sliceVolume(cuts: readonly (readonly [number, number])[], sizes: readonly number[]) {
  const begin = cuts.map(([start]) => start);
  return {
    sliceStatic: {
      beginIds: [0, 0, ...begin],
      beginMasks: [true, true, false, false, false],
      endIds: [0, 0, ...begin.map((start, axis) => start + (sizes[axis] ?? 0))],
      endMasks: [true, true, false, false, false],
      strides: [1, 1, 1, 1, 1],
      squeezeMasks: [false, false, false, false, false],
    },
  };
}

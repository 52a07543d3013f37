import type { Node } from "../../ir/graph.ts";
import type { ConvOp, DepthwiseConvOp } from "../../ir/ops/conv.ts";
import { spatialDims } from "../../ir/ops/expect.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import type { Emitters } from "../target.ts";
import { int } from "./attributes.ts";
import { biasInput } from "./bias-input.ts";
import { emitConvTranspose } from "./conv-transpose.ts";
import type { Emission } from "./emission.ts";
import { imageOrder } from "./layout.ts";
import { emitLocallyConnected } from "./local.ts";
import { windowAttributes } from "./window.ts";

/** Convolutions of every kind, channels first inside. */
export const convEmitters: Pick<
  Emitters<Emission>,
  "conv" | "depthwiseConv" | "convTranspose" | "locallyConnected"
> = {
  conv: emitConv,
  depthwiseConv: emitDepthwiseConv,
  convTranspose: emitConvTranspose,
  locallyConnected: emitLocallyConnected,
};

/** `[…spatial, in, out]` as ONNX has it: `[out, in, …spatial]`. */
export function convKernel(kernel: WeightRef): WeightRef {
  const rank = kernel.shape.length;
  const spatial = kernel.shape.map((_, axis) => axis).slice(0, -2);
  return transposeWeight(kernel, [rank - 1, rank - 2, ...spatial]);
}

function emitConv(node: Node<ConvOp>, emission: Emission): void {
  const { op } = node;
  slide(node, emission, convKernel(op.weights.kernel), op.groups);
}

/** A group for each channel: `[…spatial, in, multiplier]` as `[in * multiplier, 1, …spatial]`. */
function emitDepthwiseConv(node: Node<DepthwiseConvOp>, emission: Emission): void {
  const { kernel } = node.op.weights;
  const [channels = 1, multiplier = 1] = kernel.shape.slice(-2);
  const size = kernel.shape.slice(0, -2);
  const spatial = size.map((_, axis) => axis);
  const turned = transposeWeight(kernel, [size.length, size.length + 1, ...spatial]);
  const filters = reshapeWeight(turned, [channels * multiplier, 1, ...size]);
  slide(node, emission, filters, channels);
}

function slide(
  node: Node<ConvOp> | Node<DepthwiseConvOp>,
  emission: Emission,
  kernel: WeightRef,
  groups: number,
): void {
  const { op } = node;
  const w = emission.scribe(node);
  const shape = emission.inputShape(node);
  const order = imageOrder(op.layout, shape.length);
  const window = { ...op, size: kernel.shape.slice(2) };
  const spatial = spatialDims({ dtype: "float32", shape }, op.layout);
  const inputs = [
    emission.read(node, 0, order),
    w.weight("kernel", kernel),
    ...biasInput(w, op.weights.bias),
  ];
  const attributes = {
    ...windowAttributes(window, spatial),
    ...(groups === 1 ? {} : { group: int(groups) }),
  };
  emission.place(node, w.add("Conv", inputs, attributes), { order });
}

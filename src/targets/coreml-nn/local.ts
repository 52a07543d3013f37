import type { ConvolutionLayerParams } from "../../formats/coreml/types.gen.ts";
import type { Node } from "../../ir/graph.ts";
import type { LocallyConnectedOp } from "../../ir/ops/conv.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import { knownSize } from "../refuse.ts";
import { VALID } from "./border.ts";
import type { Emission } from "./emission.ts";
import { BATCH, type Blob, CHANNEL, HEIGHT, WIDTH } from "./layout.ts";
import { Scribe } from "./scribe.ts";
import { type CoreWindow, coreWindow } from "./window.ts";

/**
 * A convolution with its own weights at every place: a convolution copies the patch under each place into the channels,
 * and a matrix product for each place follows.
 */
export function emitLocallyConnected(node: Node<LocallyConnectedOp>, emission: Emission): string {
  const { kernel, bias } = node.op.weights;
  const [places = 0, taps = 0, filters = 0] = kernel.shape;
  const dilations = node.op.strides.map(() => 1);
  const window = coreWindow({ ...node.op, size: node.op.kernelSize, dilations, padding: "valid" });
  const x = emission.read(node, window.layout).name;
  const writer = emission.write(node, window.layout);
  const scribe = new Scribe(node, emission, `${writer.name}_part`);
  const patches = scribe.add({ convolution: patchCopier(emission, window, taps) }, x);
  const row = scribe.add({ reshape: { targetShape: [1, taps, 1, places] } }, patches);
  const flat: Blob = { name: row, layout: [BATCH, CHANNEL, WIDTH], shape: [null, taps, places] };
  const lines = emission.move(flat, [BATCH, WIDTH, CHANNEL], `${writer.name}__turn__`);
  const product = scribe.add({ batchedMatmul: {} }, lines.name, scribe.constant(kernel));
  const made: Blob = { ...lines, name: product, shape: [null, filters, places] };
  const back = emission.move(made, [BATCH, CHANNEL, HEIGHT], `${writer.name}__turn_back__`);
  const [height = 1, width = 1] = outputSizes(node, emission, window);
  const targetShape = [1, filters, height, width];
  const reshape = { reshape: { targetShape, mode: "CHANNEL_LAST" } } as const;
  if (bias === undefined) return writer.finish(reshape, back.name);
  const turned = transposeWeight(reshapeWeight(bias, [height, width, filters]), [2, 0, 1]);
  const body = { bias: { shape: turned.shape, bias: emission.weights(node, turned) } };
  return writer.finish(body, writer.step("unbiased", reshape, back.name));
}

/** Output channel `(row * width + column) * channels + channel` is the element at that place of the patch. */
function patchCopier(
  emission: Emission,
  { size, strides }: CoreWindow,
  taps: number,
): ConvolutionLayerParams {
  const [height = 1, width = 1] = size;
  const channels = taps / (height * width);
  return {
    outputChannels: taps,
    kernelChannels: channels,
    nGroups: 1,
    kernelSize: size,
    stride: strides,
    dilationFactor: [1, 1],
    ...VALID,
    weights: emission.exactWeights(unitKernel(taps, channels, height * width)),
  };
}

/** `[taps, channels, places]` with a one where `tap = place * channels + channel`. */
function unitKernel(taps: number, channels: number, places: number): WeightRef {
  return {
    id: `patches(${taps},${channels})`,
    dtype: "float32",
    shape: [taps, channels, places],
    readInto(target, start) {
      for (let i = 0; i < target.length; i++) {
        const place = (start + i) % places;
        const channel = Math.floor((start + i) / places) % channels;
        const tap = Math.floor((start + i) / (places * channels));
        target[i] = tap === place * channels + channel ? 1 : 0;
      }
    },
  };
}

function outputSizes(
  node: Node<LocallyConnectedOp>,
  emission: Emission,
  window: CoreWindow,
): readonly number[] {
  const shape = emission.shapeOf(node.outputs[0] ?? "");
  const first = node.op.layout === "channels-first" ? 2 : 1;
  return window.axes.map((axis) =>
    axis === undefined ? 1 : knownSize(node, shape, first + axis, "The output size"),
  );
}

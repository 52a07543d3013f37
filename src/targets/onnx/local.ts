import type { Node } from "../../ir/graph.ts";
import type { LocallyConnectedOp } from "../../ir/ops/conv.ts";
import { channelAxis, spatialDims } from "../../ir/ops/expect.ts";
import { sizeOf } from "../../ir/tensor.ts";
import { knownSize } from "../refuse.ts";
import { ints } from "./attributes.ts";
import type { Emission } from "./emission.ts";

/** What each place sees is gathered, then multiplied by the place's own matrix. */
export function emitLocallyConnected(node: Node<LocallyConnectedOp>, emission: Emission): void {
  const { op } = node;
  const { kernel, bias } = op.weights;
  const w = emission.scribe(node);
  const shape = emission.inputShape(node);
  const rank = shape.length;
  const last = [0, ...shape.map((_, axis) => axis).slice(1)];
  const channelLast = op.layout === "channels-last" ? last : [0, ...last.slice(2), 1];
  const spatial = spatialDims({ dtype: "float32", shape }, op.layout).map((_, axis) =>
    knownSize(node, shape, axis + (op.layout === "channels-last" ? 1 : 2), "The input's size"),
  );
  const channels = knownSize(node, shape, channelAxis(op.layout, rank), "The number of channels");
  const [places = 1, taps = 1, out = 1] = kernel.shape;
  const x = emission.read(node, 0, channelLast);
  const flat = w.add("Reshape", [x, w.ints([0, sizeOf(spatial) * channels])]);
  const seen = w.indices(tapIndices(op, spatial, channels), [places, taps]);
  const patches = w.add("Gather", [flat, seen], { axis: { type: "INT", i: 1 } });
  const byPlace = w.add("Transpose", [patches], { perm: ints([1, 0, 2]) });
  const product = w.add("MatMul", [byPlace, w.weight("kernel", kernel)]);
  const back = w.add("Transpose", [product], { perm: ints([1, 0, 2]) });
  const output = outputSizes(op, spatial);
  const picture = w.add("Reshape", [back, w.ints([0, ...output, out])]);
  const result = bias === undefined ? picture : w.add("Add", [picture, w.weight("bias", bias)]);
  emission.place(node, result, { order: channelLast });
}

function outputSizes(op: LocallyConnectedOp, spatial: readonly number[]): readonly number[] {
  return spatial.map((size, axis) => {
    const room = size - (op.kernelSize[axis] ?? 1);
    return Math.floor(room / (op.strides[axis] ?? 1)) + 1;
  });
}

/** For each place and tap the element of the flattened input, channels last. */
function tapIndices(
  op: LocallyConnectedOp,
  spatial: readonly number[],
  channels: number,
): readonly number[] {
  const corners = positions(outputSizes(op, spatial));
  const taps = positions(op.kernelSize);
  return corners.flatMap((corner) =>
    taps.flatMap((tap) => {
      const place = spatial.reduce((index, size, axis) => {
        const at = (corner[axis] ?? 0) * (op.strides[axis] ?? 1) + (tap[axis] ?? 0);
        return index * size + at;
      }, 0);
      return Array.from({ length: channels }, (_, channel) => place * channels + channel);
    }),
  );
}

/** All multi-indices of a shape, row-major. */
function positions(shape: readonly number[]): readonly (readonly number[])[] {
  return shape.reduce<readonly (readonly number[])[]>(
    (lists, size) =>
      lists.flatMap((list) => Array.from({ length: size }, (_, index) => [...list, index])),
    [[]],
  );
}

import type { Node } from "../../ir/graph.ts";
import type { ResizeOp } from "../../ir/ops/shape.ts";
import { constantWeight } from "../../weights/constant.ts";
import { knownSize } from "../refuse.ts";
import { isSmoothing, samplingMatrix } from "../sampling.ts";
import { VALID } from "./border.ts";
import type { Emission } from "./emission.ts";
import { BATCH, type Blob, CHANNEL, type Layout, naturalLayout, withAxisAt } from "./layout.ts";
import type { LayerBody } from "./spec-version.ts";
import { linear } from "./steps.ts";

/** Resizing axis by axis: each is brought to the channels, where a 1 x 1 convolution multiplies it by its matrix. */
export function emitResampling(node: Node<ResizeOp>, emission: Emission): string {
  const input = emission.input(node);
  const output = emission.shapeOf(node.outputs[0] ?? "");
  const first = node.op.layout === "channels-first" ? 2 : 1;
  const steps = input.shape.slice(2).flatMap((_, index): readonly Step[] => {
    const axis = first + index;
    const from = knownSize(node, input.shape, axis, "The size before resizing");
    const to = knownSize(node, output, axis, "The new size");
    return from === to && !isSmoothing(node.op.interpolation) ? [] : [{ axis, from, to }];
  });
  const own =
    input.layout[0] === BATCH ? input.layout : naturalLayout(input.shape.length, "channels-last");
  const last = steps.pop();
  const layouts: Layout[] = [];
  for (const { axis } of steps) layouts.push(withAxisAt(layouts.at(-1) ?? own, axis, CHANNEL));
  const final = last === undefined ? own : withAxisAt(layouts.at(-1) ?? own, last.axis, CHANNEL);
  const writer = emission.write(node, final);
  let blob: Blob = emission.read(node, layouts[0] ?? final);
  const turned = (layout: Layout, { axis }: Step): string =>
    emission.move(blob, layout, `${writer.name}__turn_${axis}__`).name;
  for (const [index, step] of steps.entries()) {
    const layout = layouts[index] ?? own;
    const body = matrixBody(node, emission, step);
    const name = writer.step(`axis_${step.axis}`, body, turned(layout, step));
    const shape = blob.shape.map((dim, axis) => (axis === step.axis ? step.to : dim));
    blob = { name, layout, shape };
  }
  if (last === undefined) return writer.finish(linear(1), blob.name);
  return writer.finish(matrixBody(node, emission, last), turned(final, last));
}

interface Step {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

function matrixBody(node: Node<ResizeOp>, emission: Emission, { axis, from, to }: Step): LayerBody {
  const { interpolation, coordinates } = node.op;
  const matrix = samplingMatrix(interpolation, coordinates, from, to);
  const weights = constantWeight(`${node.id}/axis_${axis}`, [to, from, 1, 1], matrix);
  return {
    convolution: {
      outputChannels: to,
      kernelChannels: from,
      nGroups: 1,
      kernelSize: [1, 1],
      stride: [1, 1],
      dilationFactor: [1, 1],
      ...VALID,
      weights: emission.exactWeights(weights),
    },
  };
}

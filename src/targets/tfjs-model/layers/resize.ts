import type { Node } from "../../../ir/graph.ts";
import type { ResizeOp } from "../../../ir/ops/shape.ts";
import { constantWeight } from "../../../weights/constant.ts";
import { samplingMatrix } from "../../sampling.ts";
import type { Emitters } from "../../target.ts";
import { inChannelsLast } from "./channels-last.ts";
import type { LayersEmission, TensorPlace } from "./emission.ts";
import { knownSize } from "./refuse.ts";
import { multiplied, permuted } from "./steps.ts";

/** Other sizes. */
export const resizeEmitters = { resize: emitResize } satisfies Partial<Emitters<LayersEmission>>;

function emitResize(node: Node<ResizeOp>, emission: LayersEmission): void {
  const { op } = node;
  const input = emission.input(node);
  const y = inChannelsLast(node, emission, input, op.layout, undefined, (x, place, shapeOf) => {
    const shape = shapeOf(x.shape.at(-1) ?? null);
    if (op.factors !== undefined && x.shape.length === 4 && isUpSampling(op)) {
      const { factors: size, interpolation } = op;
      const config = { size: [...size], interpolation, data_format: "channels_last" };
      return emission.one(node, { className: "UpSampling2D", config, shape, ...place }, x);
    }
    const last = shape.length - 2;
    return shape.slice(1, -1).reduce<TensorPlace>((z, _, index) => {
      const axis = index + 1;
      return resampled(node, emission, z, axis, axis === last ? place : { step: `axis_${axis}` });
    }, x);
  });
  emission.finish(node, y);
}

/** Whole factors: nearest is the same in both coordinates; bilinear of tfjs is that of TensorFlow 1. */
function isUpSampling(op: ResizeOp): boolean {
  if (op.interpolation === "nearest") return true;
  return op.interpolation === "bilinear" && op.coordinates === "asymmetric";
}

/** One axis multiplied by its matrix, as the last one. */
function resampled(
  node: Node<ResizeOp>,
  emission: LayersEmission,
  x: TensorPlace,
  axis: number,
  place: { readonly step?: string },
): TensorPlace {
  const { interpolation, coordinates, size, factors } = node.op;
  const from = knownSize(node, x.shape[axis], "The size before resizing");
  const to = size?.[axis - 1] ?? from * (factors?.[axis - 1] ?? 1);
  const matrix = samplingMatrix(interpolation, coordinates, from, to);
  const turnedMatrix = Float64Array.from({ length: from * to }, (_, i) => {
    const [row, column] = [Math.floor(i / to), i % to];
    return matrix[column * from + row] ?? 0;
  });
  const kernel = constantWeight(`${node.id}/axis_${axis}`, [from, to], turnedMatrix);
  const last = x.shape.length - 1;
  const order = x.shape
    .map((_, i) => i)
    .with(axis, last)
    .with(last, axis);
  const turned = permuted(emission, { node, step: `turn_${axis}` }, x, order);
  const y = multiplied(emission, { node, step: `matrix_${axis}` }, turned, kernel);
  return permuted(emission, { node, ...place }, y, order);
}

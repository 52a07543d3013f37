import { type Tensor, tensor2d } from "@tensorflow/tfjs-core";
import type { ResizeOp } from "../../../ir/ops/shape.ts";
import { samplingMatrix } from "../../sampling.ts";
import { sizeAt } from "../rank.ts";
import { multiplyAxis } from "../resize.ts";
import { type Backward, ofInput } from "./backward.ts";
import { fromLast, toLast } from "./layout.ts";

/** Every pixel gets back the shares that it gave: the sampling matrix of each axis, turned. */
export const resizeBackward: Backward<ResizeOp> = {
  reads: () => "nothing",
  gradients: (op, { shapes, gradient, wants }) => {
    if (!wants(0)) return ofInput(undefined);
    const [input = []] = shapes;
    const spatial = op.layout === "channels-last" ? input.slice(1, -1) : input.slice(2);
    const dx = spatial.reduce(
      (dy, size, axis) => backAlong(op, dy, axis + 1, size),
      toLast(gradient, op.layout),
    );
    return ofInput(fromLast(dx, op.layout));
  },
};

function backAlong(op: ResizeOp, dy: Tensor, axis: number, size: number): Tensor {
  const to = sizeAt(dy, axis);
  const matrix = samplingMatrix(op.interpolation, op.coordinates, size, to);
  const turned = new Float32Array(matrix.length);
  matrix.forEach((share, at) => {
    turned[(at % size) * to + Math.floor(at / size)] = share;
  });
  return multiplyAxis(dy, axis, tensor2d(turned, [size, to]));
}

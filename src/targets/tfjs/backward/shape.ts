import {
  mul,
  pad as padded,
  reshape,
  slice,
  sum,
  type Tensor,
  transpose,
} from "@tensorflow/tfjs-core";
import type { NoiseOp } from "../../../ir/ops/noise.ts";
import type { CropOp, PadOp } from "../../../ir/ops/pad.ts";
import type { PermuteOp, RepeatOp, ReshapeOp } from "../../../ir/ops/shape.ts";
import { pad } from "../pad.ts";
import { type Backward, type BackwardStep, ofInput } from "./backward.ts";
import { taped } from "./taped.ts";

/** The same numbers in another shape. */
export const reshapeBackward: Backward<ReshapeOp> = {
  reads: () => "nothing",
  gradients: (_, step) => moved(step, (dy, shape) => reshape(dy, [...shape])),
};

/** Axes back in their order. */
export const permuteBackward: Backward<PermuteOp> = {
  reads: () => "nothing",
  gradients: ({ dims }, step) =>
    moved(step, (dy) =>
      transpose(
        dy,
        dims.map((_, axis) => dims.indexOf(axis)),
      ),
    ),
};

/** The sum over all copies. */
export const repeatBackward: Backward<RepeatOp> = {
  reads: () => "nothing",
  gradients: (_, step) => moved(step, (dy) => sum(dy, 1)),
};

/** What lies within the border; to a mirrored one, from each place that shows it. */
export const padBackward: Backward<PadOp> = {
  reads: ({ mode }) => (mode === "constant" ? "nothing" : "inputs"),
  gradients: (op, step) => {
    if (op.mode !== "constant") return mirrorBackward.gradients(op, step);
    return moved(step, (dy, shape) =>
      slice(
        dy,
        op.amounts.map(([before]) => before),
        [...shape],
      ),
    );
  },
};

const mirrorBackward = taped<PadOp>(pad);

/** Zeros where the border was. */
export const cropBackward: Backward<CropOp> = {
  reads: () => "nothing",
  gradients: ({ amounts }, step) =>
    moved(step, (dy) =>
      padded(
        dy,
        amounts.map(([before, after]): [number, number] => [before, after]),
      ),
    ),
};

/** Through what the forward let pass; everything where it saved nothing. */
export const noiseBackward: Backward<NoiseOp> = {
  reads: () => "nothing",
  gradients: (_, step) => moved(step, (dy) => mul(dy, step.saved[0] ?? 1)),
};

function moved(
  { shapes, gradient, wants }: BackwardStep,
  f: (gradient: Tensor, shape: readonly number[]) => Tensor,
): ReturnType<typeof ofInput> {
  return ofInput(wants(0) ? f(gradient, shapes[0] ?? []) : undefined);
}

import {
  mul,
  pad as padded,
  reshape,
  slice,
  sum,
  type Tensor,
  transpose,
} from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { NoiseOp } from "../../../ir/ops/noise.ts";
import type { CropOp, PadOp } from "../../../ir/ops/pad.ts";
import type { PermuteOp, RepeatOp, ReshapeOp } from "../../../ir/ops/shape.ts";
import { type Backward, type BackwardStep, ofInput } from "./backward.ts";

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

/** What lies within the border. */
export const padBackward: Backward<PadOp> = {
  reads: () => "nothing",
  gradients: ({ mode, amounts }, step) =>
    moved(step, (dy, shape) => {
      if (mode !== "constant") fail("unsupported", `a ${mode} border cannot be trained through.`);
      return slice(
        dy,
        amounts.map(([before]) => before),
        [...shape],
      );
    }),
};

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

import { inferOp } from "../../../src/ir/infer.ts";
import type { Op } from "../../../src/ir/ops/index.ts";
import type { Dim, WeightRef } from "../../../src/ir/tensor.ts";

type Shape = readonly Dim[];

/** Output shapes of an op on float32 inputs of these shapes. */
export function shapesOf(op: Op, ...inputs: readonly Shape[]): readonly Shape[] {
  const types = inputs.map((shape) => ({ dtype: "float32", shape }) as const);
  return inferOp(op, types).map((type) => type.shape);
}

/** A weight of zeros. */
export function weight(...shape: readonly number[]): WeightRef {
  return {
    id: `w(${shape.join(",")})`,
    dtype: "float32",
    shape,
    readInto: (target) => void target.fill(0),
  };
}

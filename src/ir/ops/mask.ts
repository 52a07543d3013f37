import { formatShape, type NoWeights, type TensorType } from "../tensor.ts";
import { dimAt, dimsMeet, expectMinRank, misfit, oneInput, twoInputs } from "./expect.ts";

/** Boolean `(batch, time)`: true where any element of the last axis differs from `value` (`rank` 3), or the element itself does (rank 2). */
export interface NotEqualMaskOp {
  readonly kind: "notEqualMask";
  readonly value: number;
  readonly reduceLast: boolean;
  readonly weights: NoWeights;
}

/** First input where the mask (second input, `(batch, time)`) is true, 0 elsewhere. */
export interface ApplyMaskOp {
  readonly kind: "applyMask";
  readonly weights: NoWeights;
}

/** Output type of `notEqualMask`. */
export function inferNotEqualMask(
  op: NotEqualMaskOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const input = oneInput(inputs);
  expectMinRank(input, op.reduceLast ? 3 : 2);
  return [{ dtype: "bool", shape: op.reduceLast ? input.shape.slice(0, -1) : input.shape }];
}

/** Output type of `applyMask`: the first input's. */
export function inferApplyMask(
  _op: ApplyMaskOp,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  const [input, mask] = twoInputs(inputs);
  const fits =
    mask.shape.length <= input.shape.length &&
    mask.shape.every((dim, axis) => dimsMeet(dim, dimAt(input.shape, axis)));
  if (!fits) {
    misfit(
      `The mask ${formatShape(mask.shape)} does not fit the input ${formatShape(input.shape)}.`,
    );
  }
  return [input];
}

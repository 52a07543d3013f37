import type { MergeOp } from "../../../ir/ops/merge.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { lowerElementwise } from "./merge.ts";
import { isOperation, lowerOperation } from "./operations.ts";
import { lowerReshape } from "./shape.ts";

const MERGES: readonly (readonly [string, MergeOp["fn"]])[] = [
  ["Add", "add"],
  ["Subtract", "subtract"],
  ["Multiply", "multiply"],
  ["Average", "average"],
  ["Maximum", "maximum"],
  ["Minimum", "minimum"],
];

/** Class names that Keras 3 gives both to a layer and to an operation. */
export const elementwiseSpecs: readonly LayerSpec[] = [
  ...MERGES.map(
    ([name, fn]): LayerSpec => ({
      classNames: [name],
      lower: (call) => (isOperation(call) ? lowerOperation(call) : lowerElementwise(call, fn)),
    }),
  ),
  {
    classNames: ["Reshape"],
    lower: (call) =>
      isOperation(call)
        ? lowerOperation(call)
        : lowerReshape(call, call.config.intList("target_shape")),
  },
];

import { constantShape } from "../../formats/coreml/program-value.ts";
import type { MILSpecDataType, MILSpecValueType } from "../../formats/coreml/types.gen.ts";
import type { ModelOutput } from "../interpreter.ts";
import { showShape, type Tensor } from "../tensor.ts";

/** A tensor with the type of its numbers. Whole numbers are exact up to 2^24, truth values are 0 and 1. */
export interface TypedTensor extends Tensor {
  readonly dataType: MILSpecDataType;
}

/** What a name stands for while a program runs. */
export type ProgramValue =
  | { readonly kind: "tensor"; readonly tensor: TypedTensor }
  | { readonly kind: "text"; readonly text: readonly string[] }
  /** A list of labels. */
  | { readonly kind: "labels"; readonly labels: readonly (string | number)[] }
  /** What a classifier finds: a label, or all scores by label. */
  | { readonly kind: "answer"; readonly answer: Exclude<ModelOutput, Tensor> };

/** What is wrong with a computed value, by the type that the program declares for it; undefined when it fits. */
export function misfit(
  value: ProgramValue,
  declared: MILSpecValueType | undefined,
): string | undefined {
  const { tensorType } = declared ?? {};
  if (value.kind !== "tensor") return undefined;
  if (tensorType === undefined) return "is declared to be no tensor";
  const { dataType, shape } = value.tensor;
  if (tensorType.dataType !== dataType) {
    return `is declared as ${tensorType.dataType ?? "nothing"}, but is ${dataType}`;
  }
  const dimensions = tensorType.dimensions ?? [];
  const rank = tensorType.rank ?? 0;
  const free = dimensions.some(({ unknown }) => unknown?.variadic === true);
  if (!free && rank !== dimensions.length) {
    return `is declared with rank ${rank}, but with ${dimensions.length} sizes`;
  }
  const fits =
    free ||
    (dimensions.length === shape.length &&
      dimensions.every(({ constant }, axis) => !constant || (constant.size ?? 0) === shape[axis]));
  return fits ? undefined : `is declared as ${showType(declared)}, but is ${showShape(shape)}`;
}

/** `[1, ?, 3]` */
export function showType(type: MILSpecValueType | undefined): string {
  const dimensions = type?.tensorType?.dimensions ?? [];
  return `[${dimensions.map(({ constant }) => (constant ? (constant.size ?? 0) : "?")).join(", ")}]`;
}

/** The sizes that a tensor type fixes, all of them; undefined where it leaves one free, or is none. */
export function fixedShape(type: MILSpecValueType | undefined): readonly number[] | undefined {
  return type?.tensorType && constantShape(type.tensorType);
}

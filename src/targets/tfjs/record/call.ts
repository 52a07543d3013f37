import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { JsonObject } from "../../../json.ts";
import type { NumberList, Recorder } from "./recorder.ts";

/** One call of a kernel of tfjs. */
export interface Call {
  readonly recorder: Recorder;
  /** In the order in which the op names them; absent ones left out. */
  readonly inputs: readonly TensorInfo[];
  readonly named: Readonly<Record<string, TensorInfo | undefined>>;
  readonly attrs: NamedAttrMap | undefined;
}

/** Writes down a call, and gives its results. */
export type RecordKernel = (call: Call) => TensorInfo | TensorInfo[];

/** The input at a place. */
export function inputAt({ inputs }: Call, index: number): TensorInfo {
  return inputs[index] ?? fail("internal", `A kernel was called without input ${index}.`);
}

/** Adds a node with one output over these tensors and numbers. */
export function record(
  { recorder }: Call,
  op: string,
  inputs: readonly (TensorInfo | NumberList)[],
  shape: readonly number[],
  attrs: JsonObject = {},
  dtype: TensorInfo["dtype"] = "float32",
): TensorInfo {
  const sources = inputs.map((input) => ("dataId" in input ? recorder.sourceOf(input) : input));
  return recorder.tensor(recorder.add(op, sources, attrs), shape, dtype);
}

/** A vector of whole numbers. */
export function list(numbers: readonly number[]): NumberList {
  return { numbers };
}

/** A single whole number. */
export function single(number: number): NumberList {
  return { numbers: [number], shape: [] };
}

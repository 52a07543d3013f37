import type { Tensor } from "@tensorflow/tfjs-core";
import type { Graph, ValueId } from "../ir/graph.ts";
import { sizeOf } from "../ir/tensor.ts";
import { activityShare } from "./activity-losses.ts";
import type { Verdicts } from "./judges.ts";

/** The results of a graph in training by what they are for. */
export interface PartedResults<Result> {
  /** What losses look at: outputs of the model, and what they take instead. */
  readonly outputs: readonly Result[];
  /** States that are kept for the next batch. */
  readonly states: readonly Result[];
  /** What regularizers of outputs add to the loss, one number for each sample. */
  readonly sums: readonly { readonly value: ValueId; readonly result: Result }[];
}

/** Parts the results of a graph, in their order; so many are looked at by losses. */
export function partResults<Result>(
  results: readonly Result[],
  { penalties }: Graph,
  own: number,
): PartedResults<Result> {
  const sums = penalties?.sums ?? [];
  const first = results.length - sums.length;
  return {
    outputs: results.slice(0, own),
    states: results.slice(own, first),
    sums: results.slice(first).map((result, index) => ({ value: sums[index] ?? "", result })),
  };
}

/** What they add to the loss of a batch. */
export async function activityOf(
  sums: PartedResults<Tensor>["sums"],
  version: string,
): Promise<number> {
  let total = 0;
  for (const { result } of sums) {
    const ofSamples = await result.data();
    const share = activityShare(version, ofSamples.length);
    for (let i = 0; i < ofSamples.length; i++) total += share * (ofSamples[i] ?? 0);
  }
  return total;
}

/** Where the gradient of a sum begins: as much as each sample counts. */
export function startOfSum(
  value: ValueId,
  shape: readonly number[],
  version: string,
): Verdicts["starts"][number] {
  const count = sizeOf(shape);
  return { value, shape, gradient: new Float32Array(count).fill(activityShare(version, count)) };
}

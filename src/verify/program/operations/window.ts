import { checkedSize } from "../../limits.ts";
import { sizeOf } from "../../tensor.ts";
import { samePadding, type Window, type WindowSize } from "../../window.ts";
import type { OperationCall } from "../call.ts";

/** Ways to pad, of convolutions and pools. */
export const PAD_TYPES = ["valid", "same", "custom", "same_lower"] as const;

/** One positive whole number for each spatial axis. */
export function steps(
  call: OperationCall,
  name: string,
  rank: number,
  absent?: readonly number[],
): readonly number[] {
  const values = call.numbers(name, absent);
  call.require(
    values.length === rank && values.every((value) => Number.isInteger(value) && value > 0),
    `has ${name} [${values.join(", ")}], expected ${rank} whole numbers above 0`,
  );
  return values;
}

/** Amounts before and after each spatial axis; only a `custom` padding has any. */
export function customPadding(call: OperationCall, rank: number): Pick<Window, "before" | "after"> {
  const pad = call.numbers("pad", new Array<number>(2 * rank).fill(0));
  call.require(
    pad.length === 2 * rank && pad.every((amount) => Number.isInteger(amount) && amount >= 0),
    `has pad [${pad.join(", ")}], expected ${2 * rank} whole numbers`,
  );
  return {
    before: pad.filter((_, index) => index % 2 === 0),
    after: pad.filter((_, index) => index % 2 === 1),
  };
}

/** A window of this size, padded as the operation says. */
export function paddedWindow(
  call: OperationCall,
  spatial: readonly number[],
  size: WindowSize,
  padType: (typeof PAD_TYPES)[number],
): Window {
  const custom = customPadding(call, spatial.length);
  if (padType === "custom") return { ...size, ...custom };
  if (padType === "valid") {
    const none = spatial.map(() => 0);
    return { ...size, before: none, after: none };
  }
  return { ...size, ...samePadding(spatial, size, padType === "same_lower") };
}

/** The number of spatial axes of a tensor `[n, C, ...spatial]`: one to three. */
export function spatialRank(call: OperationCall): number {
  const rank = call.tensor("x", 3).shape.length - 2;
  call.require(rank <= 3, `works on up to 3 axes in space, but its input has ${rank}`);
  return rank;
}

/** A kernel, spread by dilations: zeros between its elements. Leading axes are kept. */
export function spreadKernel(
  weights: Float32Array,
  kernel: readonly number[],
  dilations: readonly number[],
): { readonly weights: Float32Array; readonly kernel: readonly number[] } {
  if (dilations.every((dilation) => dilation === 1)) return { weights, kernel };
  const wide = kernel.map((size, axis) => (size - 1) * (dilations[axis] ?? 1) + 1);
  const planes = weights.length / sizeOf(kernel);
  const result = new Float32Array(checkedSize([planes, ...wide]));
  weights.forEach((weight, index) => {
    let rest = index;
    let place = 0;
    let step = 1;
    for (let axis = kernel.length - 1; axis >= 0; axis--) {
      const size = kernel[axis] ?? 1;
      place += (rest % size) * (dilations[axis] ?? 1) * step;
      step *= wide[axis] ?? 1;
      rest = Math.floor(rest / size);
    }
    result[rest * step + place] = weight;
  });
  return { weights: result, kernel: wide };
}

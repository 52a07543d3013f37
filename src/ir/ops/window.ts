import type { Dim } from "../tensor.ts";
import type { Padding } from "./conv.ts";
import { dimAt, expectWhole, misfit, numberAt } from "./expect.ts";

/** A sliding window over the spatial axes; every list has one number for each. */
export interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
}

/** Padding `[before, after]` of one spatial axis; null when it depends on a size that is free. */
export function windowPadding(
  window: Window,
  axis: number,
  input: Dim,
): readonly [number, number] | null {
  const { padding } = window;
  const reach = reachOf(window, axis);
  if (padding === "valid") return [0, 0];
  if (padding === "causal") return [reach - 1, 0];
  if (padding !== "same") return padding[axis] ?? misfit("Padding is missing for an axis.");
  const stride = numberAt(window.strides, axis);
  if (stride === 1) return split(reach - 1);
  if (input === null) return null;
  return split(Math.max(0, (Math.ceil(input / stride) - 1) * stride + reach - input));
}

/** Output sizes of the spatial axes; free sizes stay free. Throws `bad-shape` when a window does not fit. */
export function windowOutput(window: Window, spatial: readonly Dim[]): readonly Dim[] {
  checkWindow(window, spatial.length);
  return spatial.map((input, axis) => {
    if (input === null) return null;
    const stride = numberAt(window.strides, axis);
    if (window.padding === "same") return Math.ceil(input / stride);
    const [before, after] = windowPadding(window, axis, input) ?? [0, 0];
    const room = input + before + after - reachOf(window, axis);
    if (room < 0) {
      misfit(
        `The window covers ${reachOf(window, axis)} elements, but spatial axis ${axis} has only ${
          input + before + after
        }${before + after > 0 ? " with padding" : ""}.`,
      );
    }
    return Math.floor(room / stride) + 1;
  });
}

/** Output sizes of a transposed convolution, see `ConvTransposeOp`. */
export function transposedOutput(
  window: Window,
  outputPadding: readonly number[] | undefined,
  spatial: readonly Dim[],
): readonly Dim[] {
  checkWindow(window, spatial.length);
  if (outputPadding !== undefined) expectWhole("output_padding", outputPadding, spatial.length, 0);
  return spatial.map((_, axis) => {
    const input = dimAt(spatial, axis);
    if (input === null) return null;
    const stride = numberAt(window.strides, axis);
    const reach = reachOf(window, axis);
    const same = window.padding === "same";
    if (outputPadding === undefined)
      return input * stride + (same ? 0 : Math.max(reach - stride, 0));
    const pad = same ? Math.floor(reach / 2) : 0;
    const size = (input - 1) * stride + reach - 2 * pad + numberAt(outputPadding, axis);
    return size > 0
      ? size
      : misfit(`Spatial axis ${axis} of the output would have ${size} elements.`);
  });
}

function checkWindow(window: Window, rank: number): void {
  expectWhole("The window", window.size, rank, 1);
  expectWhole("strides", window.strides, rank, 1);
  expectWhole("dilation_rate", window.dilations, rank, 1);
  if (window.padding === "causal" && rank !== 1) {
    misfit(`Causal padding needs one spatial axis, but there are ${rank}.`);
  }
  if (typeof window.padding !== "string") {
    expectWhole("padding", window.padding.flat(), 2 * rank, 0);
  }
}

/** Elements from the first to the last that one window touches. */
function reachOf(window: Window, axis: number): number {
  return (numberAt(window.size, axis) - 1) * numberAt(window.dilations, axis) + 1;
}

function split(total: number): readonly [number, number] {
  const before = Math.floor(total / 2);
  return [before, total - before];
}

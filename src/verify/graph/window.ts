import type { Padding } from "../../ir/ops/conv.ts";
import { three } from "./layout.ts";
import { at } from "./tensor.ts";

/** One spatial axis of a sliding window: output o, tap k looks at input `o * stride + k * dilation - before`. */
export interface WindowAxis {
  readonly input: number;
  readonly output: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

interface WindowOptions {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
}

/** The three axes of a window over `(batch, d, h, w, channels)`. */
export function windowAxes(
  input: readonly number[],
  options: WindowOptions,
): readonly [WindowAxis, WindowAxis, WindowAxis] {
  const sizes = three(options.size, 1);
  const strides = three(options.strides, 1);
  const dilations = three(options.dilations, 1);
  const axis = (i: 0 | 1 | 2): WindowAxis =>
    windowAxis(at(input, i + 1), sizes[i], strides[i], dilations[i], paddingOf(options, i));
  return [axis(0), axis(1), axis(2)];
}

function paddingOf(options: WindowOptions, axis: 0 | 1 | 2): string | readonly [number, number] {
  const { padding } = options;
  if (typeof padding !== "string") return three<readonly [number, number]>(padding, [0, 0])[axis];
  return padding;
}

function windowAxis(
  input: number,
  size: number,
  stride: number,
  dilation: number,
  padding: string | readonly [number, number],
): WindowAxis {
  const reach = (size - 1) * dilation + 1;
  let before = 0;
  let after = 0;
  if (typeof padding !== "string") [before, after] = padding;
  else if (padding === "causal") before = reach - 1;
  else if (padding === "same") {
    const output = Math.ceil(input / stride);
    const total = Math.max(0, (output - 1) * stride + reach - input);
    before = Math.floor(total / 2);
    after = total - before;
  }
  const output = Math.floor((input + before + after - reach) / stride) + 1;
  return { input, output, size, stride, dilation, before };
}

/** Calls `visit` for each output place and each tap that lies within the input. */
export function forEachTap(
  axes: readonly [WindowAxis, WindowAxis, WindowAxis],
  visit: (output: number, tap: number, input: number) => void,
): void {
  const [d, h, w] = axes;
  for (let od = 0; od < d.output; od++)
    for (let oh = 0; oh < h.output; oh++)
      for (let ow = 0; ow < w.output; ow++) {
        const output = (od * h.output + oh) * w.output + ow;
        for (let kd = 0; kd < d.size; kd++) {
          const id = od * d.stride + kd * d.dilation - d.before;
          if (id < 0 || id >= d.input) continue;
          for (let kh = 0; kh < h.size; kh++) {
            const ih = oh * h.stride + kh * h.dilation - h.before;
            if (ih < 0 || ih >= h.input) continue;
            for (let kw = 0; kw < w.size; kw++) {
              const iw = ow * w.stride + kw * w.dilation - w.before;
              if (iw < 0 || iw >= w.input) continue;
              const tap = (kd * h.size + kh) * w.size + kw;
              visit(output, tap, (id * h.input + ih) * w.input + iw);
            }
          }
        }
      }
}

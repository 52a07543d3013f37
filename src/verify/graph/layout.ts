import type { Layout } from "../../ir/ops/conv.ts";
import { at, reshape, type Tensor, transpose } from "./tensor.ts";

/** Runs `f` on the channels-last form of the input and puts its result back into the layout. */
export function channelsLast(
  input: Tensor,
  layout: Layout,
  f: (input: Tensor) => Tensor,
): readonly Tensor[] {
  if (layout === "channels-last") return [f(input)];
  const axes = input.shape.map((_, axis) => axis);
  const last = transpose(input, [0, ...axes.slice(2), 1]);
  const result = f(last);
  const rank = result.shape.length;
  if (rank < 3) return [result];
  return [transpose(result, [0, rank - 1, ...axes.slice(1, rank - 1)])];
}

/** `(batch, …spatial, channels)` with exactly three spatial axes, ones in front. */
export function threeSpatial(input: Tensor): Tensor {
  return reshape(input, [
    at(input.shape, 0),
    ...three(input.shape.slice(1, -1), 1),
    at(input.shape, input.shape.length - 1),
  ]);
}

/** A list for 1, 2 or 3 spatial axes, filled up in front. */
export function three<T>(list: readonly T[], filler: T): readonly [T, T, T] {
  const [a = filler, b = filler, c = filler] = [filler, filler, filler, ...list].slice(-3);
  return [a, b, c];
}

/** Undoes `threeSpatial`: drops all but `rank` spatial axes. */
export function spatialRank(output: Tensor, rank: number): Tensor {
  return reshape(output, [at(output.shape, 0), ...output.shape.slice(4 - rank)]);
}

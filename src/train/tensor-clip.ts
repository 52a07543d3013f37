import { clone, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { Arithmetic } from "../targets/tfjs/tensorflow/arithmetic.ts";
import type { OptimizerSettings } from "./optimizers/settings.ts";

/** Limits gradients, giving new tensors; the given ones are the caller's. The order is that of `clipGradients` on arrays. */
export function clipTensors(
  { dialect, config }: OptimizerSettings,
  gradients: readonly Tensor[],
  a: Arithmetic,
): Tensor[] {
  const { clipnorm, clipvalue, global_clipnorm: together } = config;
  const clips: ((given: readonly Tensor[]) => Tensor[])[] = [];
  const values = (given: readonly Tensor[]): Tensor[] => clipValues(given, clipvalue, a);
  const each = (given: readonly Tensor[]): Tensor[] =>
    given.map((one) => scaled(one, clipnorm / Math.max(normOf([one], a), clipnorm), a));
  const all = (most: number) => (given: readonly Tensor[]) => {
    const norm = normOf(given, a);
    return given.map((one) => scaled(one, norm < most ? 1 : most / norm, a));
  };
  if (dialect === "keras") {
    if (clipnorm > 0) clips.push(all(clipnorm));
    if (clipvalue > 0) clips.push(values);
  } else if (dialect === "tf-legacy") {
    if (clipvalue > 0) clips.push(values);
    if (clipnorm > 0) clips.push(each);
    if (together > 0) clips.push(all(together));
  } else if (clipnorm > 0) clips.push(each);
  else if (together > 0) clips.push(all(together));
  else if (clipvalue > 0) clips.push(values);
  return tidy(() =>
    clips.reduce<Tensor[]>(
      (given, clip) => clip(given),
      gradients.map((one) => clone(one)),
    ),
  );
}

/** Whether gradients are limited at all. */
export function isClipping({ config }: OptimizerSettings): boolean {
  return config.clipnorm > 0 || config.clipvalue > 0 || config.global_clipnorm > 0;
}

function clipValues(given: readonly Tensor[], most: number, a: Arithmetic): Tensor[] {
  const [low, high] = [a.number(-most), a.number(most)];
  return given.map((one) => a.minimum(a.maximum(one, low), high));
}

function normOf(given: readonly Tensor[], a: Arithmetic): number {
  const halves = given.map((one) => tidy(() => a.halfSquares(one).dataSync()[0] ?? 0));
  return Math.sqrt(2 * halves.reduce((sum, half) => sum + half, 0));
}

function scaled(x: Tensor, factor: number, a: Arithmetic): Tensor {
  return a.mul(x, a.number(factor));
}

import type { ConfigReader } from "../config.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { expectRank, layoutOf, onlyInput, spatialAxes } from "./axes.ts";
import { stopMask } from "./masks.ts";
import { flatNumbers, isList, looseNumbers } from "./numbers.ts";

type Amount = readonly [number, number];

/** Layers that put a border of zeros around their input or take one off. */
export const padSpecs: readonly LayerSpec[] = [1, 2, 3].flatMap((rank) => [
  {
    classNames: [`ZeroPadding${rank}D`],
    lower: (call: LayerCall) => lowerBorder(call, rank, "pad"),
  },
  {
    classNames: [`Cropping${rank}D`],
    lower: (call: LayerCall) => lowerBorder(call, rank, "crop"),
  },
]);

function lowerBorder(call: LayerCall, rank: number, kind: "pad" | "crop"): LayerResult {
  const input = onlyInput(call);
  expectRank(call, input, rank + 2);
  const border = readBorder(call, rank, kind === "pad" ? "padding" : "cropping");
  const axes = spatialAxes(layoutOf(call.config), rank + 2);
  const amounts = Array.from({ length: rank + 2 }, (_, axis): Amount => {
    return border[axes.indexOf(axis)] ?? [0, 0];
  });
  if (kind === "crop") return stopMask(call.emit({ kind, amounts, weights: {} }, input));
  return stopMask(call.emit({ kind, amounts, mode: "constant", value: 0, weights: {} }, input));
}

/**
 * `1`; `[1, 2]` (before and after in one dimension, symmetric amounts of height and width in two);
 * `[[1, 2], [3, 4]]`; and of Keras 1 `[top, bottom, left, right]` and dicts of `top_pad` … .
 */
function readBorder(call: LayerCall, rank: number, key: string): readonly Amount[] {
  const raw = call.config.raw(key);
  const named = raw !== null && typeof raw === "object" && !isList(raw);
  const numbers = named ? sides(call.config.object(key), rank) : looseNumbers(call.config, key);
  const all = numbers ?? [1];
  const [only] = all;
  const whole = all.every((amount) => Number.isInteger(amount) && amount >= 0);
  if (whole && only !== undefined) {
    if (all.length === 1) return Array.from({ length: rank }, (): Amount => [only, only]);
    if (all.length === rank && rank > 1) return all.map((amount): Amount => [amount, amount]);
    if (all.length === 2 * rank) return pairs(all);
  }
  return call.refuse(`${key} is ${JSON.stringify(raw ?? null)}, which no Keras writes.`);
}

function sides(border: ConfigReader | undefined, rank: number): readonly number[] {
  const names = rank === 1 ? ["left", "right"] : ["top", "bottom", "left", "right"];
  return names.map((side) => flatNumbers(border?.raw(`${side}_pad`))?.[0] ?? 0);
}

function pairs(numbers: readonly number[]): readonly Amount[] {
  return Array.from(
    { length: numbers.length / 2 },
    (_, index): Amount => [numbers[2 * index] ?? 0, numbers[2 * index + 1] ?? 0],
  );
}

import type { LayerMatch } from "./match-layers.ts";
import { isZero, roundingOf } from "./rounding.ts";
import type { DiffLayer, DiffWeight } from "./side.ts";
import { compareWeights, type WeightChange } from "./weight-change.ts";

/** How the weights of all paired layers differ. */
export interface WeightsReport {
  /** Layers with weights, in both models. */
  readonly layers: number;
  /** Of those, layers whose weights agree bit for bit. */
  readonly identical: number;
  /** The most changed first. */
  readonly changed: readonly ChangedWeight[];
  /** Of another shape, or in one model only. */
  readonly reshaped: readonly ReshapedWeight[];
  /** The same numbers in another form. */
  readonly rounded: readonly RoundedWeight[];
}

/** An array that a format holds otherwise. */
export interface RoundedWeight {
  readonly layer: string;
  readonly role: string;
  /** `in half precision` */
  readonly how: string;
  /** The largest difference. */
  readonly largest: number;
}

/** An array whose numbers differ. */
export interface ChangedWeight extends WeightChange {
  readonly layer: string;
  readonly role: string;
  readonly shape: readonly number[];
}

/** An array that cannot be compared; null where one model has none. */
export interface ReshapedWeight {
  readonly layer: string;
  readonly role: string;
  readonly a: readonly number[] | null;
  readonly b: readonly number[] | null;
}

/** Compares every array of every pair of layers. */
export function compareAllWeights({ pairs }: LayerMatch): WeightsReport {
  const changed: ChangedWeight[] = [];
  const reshaped: ReshapedWeight[] = [];
  const rounded: RoundedWeight[] = [];
  const found = { changed, reshaped, rounded };
  const count = () => changed.length + reshaped.length + rounded.length;
  let identical = 0;
  let layers = 0;
  for (const [a, b] of pairs) {
    if (a.weights.length + b.weights.length === 0) continue;
    layers++;
    const before = count();
    compareLayerWeights(a, b, found);
    if (count() === before) identical++;
  }
  changed.sort((x, y) => shareOf(y) - shareOf(x));
  return { layers, identical, changed, reshaped, rounded };
}

function shareOf({ relative }: WeightChange): number {
  return relative ?? Number.MAX_VALUE;
}

interface Found {
  readonly changed: ChangedWeight[];
  readonly reshaped: ReshapedWeight[];
  readonly rounded: RoundedWeight[];
}

function compareLayerWeights(
  a: DiffLayer,
  b: DiffLayer,
  { changed, reshaped, rounded }: Found,
): void {
  const layer = b.name;
  for (const [role, left, right] of pairWeights(a, b)) {
    if (role === "bias" && isLeftOut(left, right)) {
      rounded.push({ layer, role, how: "left out, being zero", largest: 0 });
      continue;
    }
    if (left === undefined || right === undefined || !sameShape(left, right)) {
      reshaped.push({ layer, role, a: left?.ref.shape ?? null, b: right?.ref.shape ?? null });
      continue;
    }
    const change = compareWeights(left.ref, right.ref);
    if (change === undefined) continue;
    const how = roundingOf(left, right, change);
    if (how === undefined) changed.push({ layer, role, shape: left.ref.shape, ...change });
    else rounded.push({ layer, role, how, largest: change.largest });
  }
}

/** Whether one file leaves out a bias that does nothing in the other. */
function isLeftOut(a: DiffWeight | undefined, b: DiffWeight | undefined): boolean {
  const only = a === undefined ? b : b === undefined ? a : undefined;
  return only !== undefined && isZero(only.ref);
}

type WeightPair = readonly [role: string, a: DiffWeight | undefined, b: DiffWeight | undefined];

/** By role; arrays whose roles are not those of the other file by order, when there are as many, or one of each. */
function pairWeights(x: DiffLayer, y: DiffLayer): readonly WeightPair[] {
  const [a, b] = [x.weights, y.weights];
  const byRole = new Map(b.map((weight) => [weight.role, weight]));
  if (x.className !== "" && a.length === b.length && !a.some(({ role }) => byRole.has(role))) {
    return a.map((weight, at): WeightPair => [b[at]?.role ?? weight.role, weight, b[at]]);
  }
  const roles = new Set(a.map(({ role }) => role));
  const [first, ...others] = a.filter(({ role }) => !byRole.has(role));
  const rest = b.filter(({ role }) => !roles.has(role));
  const [last] = rest;
  const renamed =
    first !== undefined && last !== undefined && others.length === 0 && rest.length === 1
      ? { from: first, to: last }
      : undefined;
  return [
    ...a.map((weight): WeightPair => {
      if (weight === renamed?.from) return [renamed.to.role, weight, renamed.to];
      return [weight.role, weight, byRole.get(weight.role)];
    }),
    ...rest
      .filter((weight) => weight !== renamed?.to)
      .map((weight): WeightPair => [weight.role, undefined, weight]),
  ];
}

function sameShape(a: DiffWeight, b: DiffWeight): boolean {
  return a.ref.shape.length === b.ref.shape.length && String(a.ref.shape) === String(b.ref.shape);
}

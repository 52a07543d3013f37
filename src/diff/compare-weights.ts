import type { LayerMatch } from "./match-layers.ts";
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
  let identical = 0;
  let layers = 0;
  for (const [a, b] of pairs) {
    if (a.weights.length + b.weights.length === 0) continue;
    layers++;
    const before = changed.length + reshaped.length;
    compareLayerWeights(a, b, changed, reshaped);
    if (changed.length + reshaped.length === before) identical++;
  }
  changed.sort((x, y) => shareOf(y) - shareOf(x));
  return { layers, identical, changed, reshaped };
}

function shareOf({ relative }: WeightChange): number {
  return relative ?? Number.MAX_VALUE;
}

function compareLayerWeights(
  a: DiffLayer,
  b: DiffLayer,
  changed: ChangedWeight[],
  reshaped: ReshapedWeight[],
): void {
  const layer = b.name;
  for (const [role, left, right] of pairWeights(a, b)) {
    if (left === undefined || right === undefined || !sameShape(left, right)) {
      reshaped.push({ layer, role, a: left?.ref.shape ?? null, b: right?.ref.shape ?? null });
      continue;
    }
    const change = compareWeights(left.ref, right.ref);
    if (change !== undefined) changed.push({ layer, role, shape: left.ref.shape, ...change });
  }
}

type WeightPair = readonly [role: string, a: DiffWeight | undefined, b: DiffWeight | undefined];

/** By role; arrays whose roles are not those of the other file by order, when there are as many. */
function pairWeights(x: DiffLayer, y: DiffLayer): readonly WeightPair[] {
  const [a, b] = [x.weights, y.weights];
  const byRole = new Map(b.map((weight) => [weight.role, weight]));
  if (x.className !== "" && a.length === b.length && !a.some(({ role }) => byRole.has(role))) {
    return a.map((weight, at): WeightPair => [b[at]?.role ?? weight.role, weight, b[at]]);
  }
  const roles = new Set(a.map(({ role }) => role));
  return [
    ...a.map((weight): WeightPair => [weight.role, weight, byRole.get(weight.role)]),
    ...b
      .filter(({ role }) => !roles.has(role))
      .map((weight): WeightPair => [weight.role, undefined, weight]),
  ];
}

function sameShape(a: DiffWeight, b: DiffWeight): boolean {
  return a.ref.shape.length === b.ref.shape.length && String(a.ref.shape) === String(b.ref.shape);
}

import type { DiffLayer } from "./side.ts";

/** Layers of two models that stand for each other, and those that have no partner. */
export interface LayerMatch {
  readonly pairs: readonly (readonly [a: DiffLayer, b: DiffLayer])[];
  readonly removed: readonly DiffLayer[];
  readonly added: readonly DiffLayer[];
}

/**
 * Pairs layers by name; what is left over by kind and order. Models of the same structure whose names differ, as
 * those of one script run twice, are paired by position.
 */
export function matchLayers(a: readonly DiffLayer[], b: readonly DiffLayer[]): LayerMatch {
  const namesB = new Map(b.map((layer) => [layer.name, layer]));
  const sameNames = a.length === b.length && a.every(({ name }) => namesB.has(name));
  if (!sameNames && sameStructure(a, b)) {
    return { pairs: a.flatMap((layer, at) => pair(layer, b[at])), removed: [], added: [] };
  }
  const named = a.flatMap((layer) => pair(layer, namesB.get(layer.name)));
  const taken = new Set(named.flat());
  const restA = a.filter((layer) => !taken.has(layer));
  const restB = b.filter((layer) => !taken.has(layer));
  const ordered = longestCommon(restA, restB);
  const paired = new Set(ordered.flat());
  return {
    pairs: [...named, ...ordered].sort(([x], [y]) => a.indexOf(x) - a.indexOf(y)),
    removed: restA.filter((layer) => !paired.has(layer)),
    added: restB.filter((layer) => !paired.has(layer)),
  };
}

type Pair = readonly [DiffLayer, DiffLayer];

function pair(a: DiffLayer, b: DiffLayer | undefined): readonly Pair[] {
  return b === undefined ? [] : [[a, b]];
}

function sameStructure(a: readonly DiffLayer[], b: readonly DiffLayer[]): boolean {
  return a.length === b.length && a.every((layer, at) => kindOf(layer) === kindOf(b[at]));
}

/** Class, and shapes of the weights. */
function kindOf(layer: DiffLayer | undefined): string {
  if (layer === undefined) return "";
  return `${layer.className} ${JSON.stringify(layer.weights.map(({ ref }) => ref.shape))}`;
}

/** Beyond so many comparisons leftover layers stay without partners. */
const MAX_CELLS = 4_000_000;

/** The longest sequence of layers of one kind that stands in both, in order. */
function longestCommon(a: readonly DiffLayer[], b: readonly DiffLayer[]): readonly Pair[] {
  const width = b.length + 1;
  if (a.length === 0 || b.length === 0 || a.length * width > MAX_CELLS) return [];
  const [kindsA, kindsB] = [a.map(kindOf), b.map(kindOf)];
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const same = kindsA[i] === kindsB[j];
      lengths[i * width + j] = same ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i], b[j]];
    if (x === undefined || y === undefined) break;
    if (kindsA[i] === kindsB[j]) {
      pairs.push([x, y]);
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

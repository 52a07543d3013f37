import { type Dim, sizeOf } from "../ir/tensor.ts";
import { compareLayers, type LayerChanges } from "./compare-layers.ts";
import { type Change, compareTraining, compareValues } from "./compare-training.ts";
import { compareAllWeights, type WeightsReport } from "./compare-weights.ts";
import { foldLayers } from "./fold-layers.ts";
import { type FrozenReport, judgeFrozen } from "./frozen.ts";
import { type LayerMatch, matchLayers } from "./match-layers.ts";
import { isZero } from "./rounding.ts";
import { sameGates } from "./same-gates.ts";
import type { DiffSide } from "./side.ts";
import { compareWeights } from "./weight-change.ts";

/** All that differs between two models, as plain data. */
export interface ModelDiff {
  /** Whether nothing differs that a model computes, learnt or would go on learning from. */
  readonly equal: boolean;
  /** Whether layers were compared, and not only arrays. */
  readonly architecture: boolean;
  /** What differs in who wrote the files; no difference of the models. */
  readonly writers: readonly Change[];
  /** Inputs, outputs, preprocessing. */
  readonly interface: readonly Change[];
  readonly layers: LayerChanges;
  readonly weights: WeightsReport;
  readonly frozen: FrozenReport;
  /** Labels, pictures and texts of two Core ML files. */
  readonly said: readonly Change[];
  /** Loss, metrics, optimizer. */
  readonly training: readonly Change[];
  /** The optimizer's arrays; undefined when neither file holds any. */
  readonly optimizer: OptimizerReport | undefined;
}

/** How the optimizer's state differs. */
export interface OptimizerReport {
  /** A fresh state is equal to none. */
  readonly equal: boolean;
  readonly arrays: readonly [a: number, b: number];
  readonly identical: number;
  readonly changed: number;
  /** Steps made, where the files say. */
  readonly steps: readonly [a: number | null, b: number | null];
}

/** Compares two models. Numbers are read in strips. */
export function diffModels(a: DiffSide, b: DiffSide): ModelDiff {
  const formats = isMixed(a, b) ? "two" : "one";
  const match = formats === "two" ? matchLayers(a.layers, b.layers) : matchSpellings(a, b);
  const layers = compareLayers(match, formats);
  const respelled = new Set(layers.respelled.map(({ name }) => name));
  const pairs = match.pairs.filter(([, layer]) => !respelled.has(layer.name));
  const weights = compareAllWeights({ ...match, pairs });
  const ports = [
    ...comparePorts("inputs", a, b),
    ...comparePorts("outputs", a, b),
    ...compareValues("preprocessing", a.preprocessing ?? null, b.preprocessing ?? null),
  ];
  const known = a.architecture && b.architecture;
  const said = compareSaid(a.said, b.said);
  const training = known ? compareTraining(a, b) : [];
  const optimizer = compareOptimizers(a, b);
  const differences =
    (known ? layers.count + ports.length : 0) +
    weights.changed.length +
    weights.reshaped.length +
    match.added.length +
    match.removed.length +
    said.length +
    training.length +
    (optimizer === undefined || optimizer.equal ? 0 : 1);
  return {
    equal: differences === 0,
    architecture: known,
    writers: compareValues("written by", a.writer, b.writer),
    interface: known ? ports : [],
    layers,
    weights,
    frozen: judgeFrozen(match, weights),
    said,
    training,
    optimizer,
  };
}

/** Layers of two Keras files, whatever their generations make of one. */
function matchSpellings(a: DiffSide, b: DiffSide): LayerMatch {
  const match = matchLayers(foldLayers(a.layers, b.layers), foldLayers(b.layers, a.layers));
  return { ...match, pairs: match.pairs.map(([left, right]) => sameGates(left, right)) };
}

/** Only where both files could say it. */
function compareSaid(a: DiffSide["said"], b: DiffSide["said"]): readonly Change[] {
  if (a === undefined || b === undefined) return [];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => compareValues(key, a[key] ?? null, b[key] ?? null));
}

/** Whether one is a Keras file, the other of Core ML. */
function isMixed(a: DiffSide, b: DiffSide): boolean {
  return (a.said === undefined) !== (b.said === undefined);
}

function comparePorts(what: "inputs" | "outputs", a: DiffSide, b: DiffSide): readonly Change[] {
  if (isMixed(a, b) && a[what].length === b[what].length) {
    const same = a[what].every(({ shape }, at) => isLike(shape, b[what][at]?.shape ?? []));
    if (same) return [];
  }
  return compareValues(what, a[what].map(portText), b[what].map(portText));
}

/** Core ML may leave sizes open, and has no axes of one element: the others agree from behind. */
function isLike(a: readonly Dim[], b: readonly Dim[]): boolean {
  const [x, y] = [a, b].map((shape) =>
    shape
      .slice(1)
      .filter((size) => size !== 1)
      .toReversed(),
  );
  if (x === undefined || y === undefined) return false;
  return x.every((size, at) => size === null || (y[at] ?? null) === null || size === y[at]);
}

function portText({ shape }: DiffSide["inputs"][number]): string {
  return `(${shape.map((dim) => dim ?? "?").join(", ")})`;
}

function compareOptimizers(a: DiffSide, b: DiffSide): OptimizerReport | undefined {
  const arrays = [a.optimizer.length, b.optimizer.length] as const;
  if (arrays[0] + arrays[1] === 0) return undefined;
  const slots = b.optimizer;
  const results = a.optimizer.flatMap(({ ref }, at) => {
    const other = slots[at]?.ref;
    if (other === undefined || String(other.shape) !== String(ref.shape)) return [];
    return [compareWeights(ref, other) === undefined];
  });
  const identical = results.filter(Boolean).length;
  const changed = Math.max(...arrays) - identical;
  return {
    equal: changed === 0 || (isFresh(a) && isFresh(b)) || isRearranged(a, b),
    arrays,
    identical,
    changed,
    steps: [stepsOf(a), stepsOf(b)],
  };
}

/** Whether two generations say the same state: the same arrays in another order, whatever single numbers each has beside them. */
function isRearranged(a: DiffSide, b: DiffSide): boolean {
  if (a.writer === b.writer || stepsOf(a) !== stepsOf(b)) return false;
  const rest = [...slotsOf(b)];
  const found = slotsOf(a).every((slot) => {
    const at = rest.findIndex(
      (other) =>
        String(other.ref.shape) === String(slot.ref.shape) &&
        compareWeights(slot.ref, other.ref) === undefined,
    );
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
  return found && rest.length === 0;
}

/** Without counters, rates, and what Keras 2 keeps in place of slots that it does not use. */
function slotsOf({ optimizer }: DiffSide): DiffSide["optimizer"] {
  return optimizer.filter(({ ref }) => {
    if (ref.shape.length === 0) return false;
    return sizeOf(ref.shape) > 1 || !isZero(ref);
  });
}

/** Nothing has been learnt: no array but counters that stand at the beginning. */
function isFresh(side: DiffSide): boolean {
  const scalars = side.optimizer.every(({ ref }) => sizeOf(ref.shape) === 1);
  return side.optimizer.length === 0 || (scalars && stepsOf(side) === 0);
}

/** The counter is a scalar called iteration or iterations; in state files, the first array. */
function stepsOf({ optimizer }: DiffSide): number | null {
  const scalars = optimizer.filter(({ ref }) => sizeOf(ref.shape) === 1);
  const counter =
    scalars.find(({ role }) => /(?:^|\/)iterations?(?::0)?$/.test(role)) ??
    scalars.find(({ role }) => /(?:^|\/)0$/.test(role));
  if (counter === undefined) return null;
  const target = new Float64Array(1);
  counter.ref.readInto(target, 0);
  return target[0] ?? null;
}

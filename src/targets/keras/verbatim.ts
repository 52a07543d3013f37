import { createDiagnostics } from "../../errors.ts";
import type { GroupDraft } from "../../formats/hdf5-writer/index.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import type { WeightTable } from "../../sources/keras/match-groups.ts";
import { matchWeights } from "../../sources/keras/open-model.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import type { WeightGroup, WeightStore } from "../../sources/keras/weight-store.ts";
import { concatWeights } from "../../weights/concat.ts";
import { filledWeight } from "../../weights/constant.ts";
import { type NumberedWeights, numberWeights, type WeightChange } from "../../weights/put-back.ts";
import { copyGroup } from "./copy.ts";
import { mapTable } from "./trained.ts";

/**
 * The file that a model was read from as it is, with the weights that have changed since in the layout of that file. Undefined
 * when the model's layers are not those of the file any more.
 */
export function copyOrigin(traced: TracedModel): GroupDraft | undefined {
  const { origin, model } = traced.archive;
  if (origin === undefined || origin.model !== model) return undefined;
  const changed = changedArrays(traced);
  return changed && copyGroup(origin.root, (path) => changed.get(path));
}

/** Arrays of the file with other numbers than it has, by their path. */
function changedArrays(traced: TracedModel): ReadonlyMap<string, WeightRef> | undefined {
  const { table, archive } = traced;
  const log = createDiagnostics();
  const options = { file: "", log };
  const before = nearest(matchWeights(traced, options), table);
  const stored = storedIn(archive.weights, before);
  const numbered = numberWeights(stored);
  const weights = withStandIns(archive.weights, numbered);
  const placed =
    weights === undefined
      ? mapTable(before, numbered.standIn)
      : nearest(matchWeights({ ...traced, archive: { ...archive, weights } }, options), table);
  const changes = changesIn(before, placed, table);
  if (changes === undefined) return undefined;
  const back = numbered.putBack(changes);
  const sums = back.lost.map((change) => splitSum(change, stored));
  if (sums.some((sum) => sum === undefined)) return undefined;
  return new Map([...back.weights, ...sums.flatMap((sum) => (sum === undefined ? [] : [sum]))]);
}

/** The table that agrees with another in the most places: the one that was chosen by shapes. */
function nearest(tables: readonly WeightTable[], chosen: WeightTable): WeightTable {
  const agreeing = (one: WeightTable): number =>
    [...one].reduce(
      (sum, [layer, weights]) =>
        sum +
        [...weights].filter(([role, ref]) => chosen.get(layer)?.get(role)?.id === ref.id).length,
      0,
    );
  const [first = new Map(), ...others] = tables;
  return others.reduce((best, one) => (agreeing(one) > agreeing(best) ? one : best), first);
}

function storedIn(store: WeightStore, table: WeightTable): readonly WeightRef[] {
  switch (store.kind) {
    case "state":
      return [...table.values()].flatMap((weights) => [...weights.values()]);
    case "named":
      return store.weights.map(({ ref }) => ref);
    default:
      return store.groups.flatMap(({ weights }) => weights.map(({ ref }) => ref));
  }
}

/** Undefined for a store whose arrays are used as they are. */
function withStandIns(store: WeightStore, { standIn }: NumberedWeights): WeightStore | undefined {
  if (store.kind === "state" || store.kind === "named") return undefined;
  const groups = store.groups.map(
    ({ name, weights }): WeightGroup => ({
      name,
      weights: weights.map((stored) => ({ ...stored, ref: standIn(stored.ref) })),
    }),
  );
  return { ...store, groups };
}

/** Weights that are not those of the file any more; undefined when the model has others than the file. */
function changesIn(
  before: WeightTable,
  placed: WeightTable,
  after: WeightTable,
): readonly WeightChange[] | undefined {
  const changes: WeightChange[] = [];
  for (const [layer, weights] of before) {
    for (const [role, ref] of weights) {
      const place = placed.get(layer)?.get(role);
      const now = after.get(layer)?.get(role);
      if (place === undefined || now === undefined || !sameShape(ref, now)) return undefined;
      if (now.id !== ref.id) changes.push({ before: ref, placed: place, after: now });
    }
  }
  return countOf(before) === countOf(after) ? changes : undefined;
}

function countOf(table: WeightTable): number {
  return [...table.values()].reduce((sum, weights) => sum + weights.size, 0);
}

function sameShape(a: WeightRef, b: WeightRef): boolean {
  return a.shape.length === b.shape.length && a.shape.every((dim, axis) => dim === b.shape[axis]);
}

/** The two biases of a CuDNNLSTM, of which only the sum counts: the second becomes zero. */
function splitSum(
  { placed, after }: WeightChange,
  stored: readonly WeightRef[],
): readonly [string, WeightRef] | undefined {
  const [size = 0] = after.shape;
  const source = stored.find(
    ({ id, shape }) =>
      placed.id.startsWith("sum(") && placed.id.includes(id) && shape[0] === 2 * size,
  );
  if (source === undefined) return undefined;
  const zeros = filledWeight("0", [size], 0, source.dtype);
  return [source.id, { ...concatWeights([after, zeros], 0), dtype: source.dtype }];
}

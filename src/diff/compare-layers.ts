import type { Json, JsonObject } from "../json.ts";
import { type Change, compareValues } from "./compare-training.ts";
import type { LayerMatch } from "./match-layers.ts";
import type { DiffLayer } from "./side.ts";

/** How the layers of two models differ, apart from their weights. */
export interface LayerChanges {
  readonly added: readonly LayerName[];
  readonly removed: readonly LayerName[];
  readonly renamed: readonly {
    readonly a: string;
    readonly b: string;
    readonly className: string;
  }[];
  readonly changed: readonly ChangedLayer[];
  /** Layers that two formats write by other steps, so that only running them can tell. */
  readonly respelled: readonly LayerName[];
  /** Differences that matter; other names do not. */
  readonly count: number;
}

/** A layer that one model has. */
export interface LayerName {
  readonly name: string;
  readonly className: string;
}

/** A layer of both with what differs in it. */
export interface ChangedLayer extends LayerName {
  readonly changes: readonly Change[];
}

/** Compares the layers that were paired, key by key. */
export function compareLayers(
  { pairs: all, added, removed }: LayerMatch,
  formats: "one" | "two" = "one",
): LayerChanges {
  const respelled = formats === "one" ? [] : all.filter(([a, b]) => isRespelled(a, b));
  const pairs = all.filter((pair) => !respelled.includes(pair));
  const names = new Map(all.map(([a, b]) => [a.name, b.name]));
  const changed = pairs.flatMap(([a, b]): readonly ChangedLayer[] => {
    const changes = compareLayer(a, b, names);
    return changes.length === 0 ? [] : [{ name: b.name, className: b.className, changes }];
  });
  return {
    added: added.map(nameOf),
    removed: removed.map(nameOf),
    respelled: respelled.map(([, b]) => nameOf(b)),
    renamed: all
      .filter(([a, b]) => a.name !== b.name)
      .map(([a, b]) => ({ a: a.name, b: b.name, className: b.className })),
    changed,
    count: added.length + removed.length + changed.length + respelled.length,
  };
}

/** Whether both are known, but by steps that cannot be set side by side. */
function isRespelled({ computes: a }: DiffLayer, { computes: b }: DiffLayer): boolean {
  return a !== undefined && b !== undefined && !sameJson(kinds(a), kinds(b));
}

function nameOf({ name, className }: DiffLayer): LayerName {
  return { name, className };
}

function compareLayer(
  a: DiffLayer,
  b: DiffLayer,
  names: ReadonlyMap<string, string>,
): readonly Change[] {
  const feeders = a.inputs.map((name) => names.get(name) ?? name);
  const moved = feeders.filter((name) => names.size > 0 && !b.inputs.includes(name));
  const same = a.computes !== undefined && sameJson(a.computes, b.computes);
  return [
    ...(same ? [] : compareValues("class", a.className, b.className)),
    ...compareValues("trainable", a.trainable, b.trainable),
    ...(moved.length === 0 ? [] : compareValues("fed by", [...feeders], [...b.inputs])),
    ...compareConfigs(a, b),
  ];
}

/**
 * Where both compute the same, only what training alone sees can differ in earnest: the rest is the spelling of
 * another generation.
 */
function compareConfigs(a: DiffLayer, b: DiffLayer): readonly Change[] {
  const same = sameJson(a.computes, b.computes) && sameJson(shapesOf(a), shapesOf(b));
  const known = a.computes !== undefined && b.computes !== undefined;
  const keys = [...new Set([...Object.keys(a.config), ...Object.keys(b.config)])].sort();
  const changes = keys
    .filter((key) => !(known && same) || TRAINING.test(key))
    .flatMap((key) => compareValues(key, a.config[key] ?? null, b.config[key] ?? null));
  if (changes.length > 0 || !known || same) return changes;
  return compareComputations(a.computes ?? [], b.computes ?? []);
}

const TRAINING = /regularizer|constraint|initializer|(?:^|_|\.)rate$|dropout|noise|momentum|stddev/;

function compareComputations(
  a: readonly JsonObject[],
  b: readonly JsonObject[],
): readonly Change[] {
  if (a.length !== b.length) return compareValues("computes", kinds(a), kinds(b));
  return a.flatMap((left, at) => {
    const right = b[at] ?? {};
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys.flatMap((key) => compareValues(key, left[key] ?? null, right[key] ?? null));
  });
}

function kinds(ops: readonly JsonObject[]): Json {
  return ops.map(({ kind = null }) => kind);
}

function shapesOf({ weights }: DiffLayer): Json {
  return weights.map(({ ref }) => ref.shape);
}

function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

import { fail } from "../../errors.ts";
import { randomAt } from "../../random.ts";
import { shuffle } from "../../train/sample-order.ts";
import type { PictureFile, PictureSet } from "./picture-set.ts";

/**
 * Which pictures of each class are held back: the `first` by name, a part rounded down, as Keras' `validation_split` takes
 * them; or some at `random`, a part rounded, and one of each class that can spare one. The first ones may be of one kind, where
 * names follow the time or the place of a photo.
 */
export type SplitWay = "first" | "random";

/** All of them. */
export const SPLIT_WAYS: readonly SplitWay[] = ["first", "random"];

/** How a set is split. */
export interface SplitOptions {
  /** Above 0 and below 1. */
  readonly fraction: number;
  /** `first` by default. */
  readonly way?: SplitWay;
  /** Of `random`; 0 by default. */
  readonly seed?: number;
}

/** Two sets without a picture in common. */
export interface SplitSet {
  readonly training: PictureSet;
  readonly validation: PictureSet;
}

/**
 * Holds back a fraction of each class. Both sets keep the order and the classes; what cannot be used is told
 * of the training set. Throws `bad-option` for a fraction that leaves one of them empty.
 * @see keras/src/legacy/preprocessing/image.py `_list_valid_filenames_in_directory`
 */
export function splitSet(set: PictureSet, options: SplitOptions): SplitSet {
  const { fraction, way = "first", seed = 0 } = options;
  if (!(fraction > 0 && fraction < 1)) {
    fail(
      "bad-option",
      `The part for validation is ${fraction}, expected a number between 0 and 1.`,
    );
  }
  const held = new Set<PictureFile>();
  for (const label of set.classes.keys()) {
    const own = set.files.filter((file) => file.label === label);
    const numbers = Array.from(own.keys());
    if (way === "random") shuffle(numbers, randomAt(seed, { purpose: "split", item: label }));
    for (const number of numbers.slice(0, countOf(own.length, fraction, way))) {
      const file = own[number];
      if (file !== undefined) held.add(file);
    }
  }
  const training = set.files.filter((file) => !held.has(file));
  const validation = set.files.filter((file) => held.has(file));
  if (training.length > 0 && validation.length > 0) {
    return {
      training: part(set, training),
      validation: { ...part(set, validation), faults: [], ignored: [] },
    };
  }
  return fail(
    "bad-option",
    `A part of ${fraction} of ${set.files.length} pictures leaves ${validation.length} for validation and ${training.length} for training.`,
    { hint: "Give another part, or a folder: --validation DIR" },
  );
}

function countOf(all: number, fraction: number, way: SplitWay): number {
  if (way === "first") return Math.trunc(fraction * all);
  return Math.min(Math.max(Math.round(fraction * all), 1), all - 1);
}

function part(set: PictureSet, files: readonly PictureFile[]): PictureSet {
  const labels = new Set(files.map(({ label }) => label));
  const emptyClasses = set.classes.filter((_, label) => !labels.has(label));
  return { ...set, files, emptyClasses };
}

import type { Hdf5Dataset, Hdf5Group } from "../../formats/hdf5/index.ts";
import { sizeOf } from "../../ir/tensor.ts";
import { readNames } from "./weight-store.ts";

/** One array of an optimizer's state. */
export interface OptimizerSlot {
  /** `Adam/m/conv1/kernel:0` in legacy files; a number in state files. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly count: number;
  readonly bytes: number;
  readonly dataset: Hdf5Dataset;
}

/** The arrays below an optimizer's group in the order of Keras; none without a group. */
export function readOptimizerState(group: Hdf5Group | undefined): readonly OptimizerSlot[] {
  if (group === undefined) return [];
  const names = readNames(group.attributes, "weight_names");
  const vars = group.get("vars");
  if (names.length === 0 && vars?.kind === "group") return slotsIn(vars, inNumbers(vars.keys()));
  return slotsIn(group, names);
}

function slotsIn(group: Hdf5Group, names: readonly string[]): readonly OptimizerSlot[] {
  return names.flatMap((name) => {
    const dataset = group.get(name);
    if (dataset?.kind !== "dataset") return [];
    const { shape, dtype, type } = dataset;
    const count = sizeOf(shape);
    return [{ name, shape, dtype, count, bytes: count * type.size, dataset }];
  });
}

function inNumbers(names: readonly string[]): readonly string[] {
  return [...names].sort((a, b) => Number(a) - Number(b));
}

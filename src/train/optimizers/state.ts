import { fail } from "../../errors.ts";
import { formatShape, type NumericArray, sizeOf } from "../../ir/tensor.ts";
import { multipliesProduct } from "./nadam.ts";
import { followSchedule, type Optimizer } from "./optimizer.ts";
import { ruleOf } from "./rules.ts";
import { otherLayouts, type StateEntry, stateLayout } from "./state-layout.ts";
import { stateName } from "./state-names.ts";

/** A trainable weight, in the order of the model. */
export interface TrainableWeight {
  /** As `conv1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** One array of an optimizer as files keep it. */
export interface StateArray {
  readonly name: string;
  readonly dtype: "int64" | "float32";
  readonly shape: readonly number[];
  readonly values: NumericArray;
}

/** An array as it was read. */
export type SavedArray = Pick<StateArray, "name" | "shape" | "values">;

/** Where an optimizer's arrays come from, or go to. */
export interface StateOwner {
  readonly weights: readonly TrainableWeight[];
  /** Of the Keras that wrote the file, or shall read it. */
  readonly version: string;
}

/**
 * Continues from what a file keeps of an optimizer: all arrays in the file's order. Nadam's running product, where the
 * file lacks it, is computed from the steps, so that the run goes on as if it had not been interrupted (Keras starts at 1 again).
 * Throws `bad-weights` when the arrays are those of another optimizer or of other weights.
 */
export function restoreState(
  optimizer: Optimizer,
  saved: readonly SavedArray[],
  owner: StateOwner,
): void {
  const layout = layoutsOf(optimizer, owner).find((one) => fits(one, saved, owner));
  if (layout === undefined) refuse(optimizer, saved, owner);
  const { state } = optimizer;
  layout.forEach((entry, index) => {
    const values = saved[index]?.values ?? new Float32Array(0);
    const [first = 0] = values;
    if (entry.kind === "iterations") state.iterations = first;
    else if (entry.kind === "rate") state.learningRate = Math.fround(first);
    else if (entry.kind === "product") state.product = Math.fround(first);
    else if (entry.kind === "slot") state.slots[entry.weight]?.[entry.slot]?.set(values);
  });
  followSchedule(optimizer.settings, state);
  if (!layout.some(({ kind }) => kind === "product")) {
    state.product = productAfter(optimizer, state.iterations);
  }
}

/** An optimizer's arrays in the order, and under the names, of a version of Keras of its dialect. */
export function saveState(optimizer: Optimizer, owner: StateOwner): readonly StateArray[] {
  const { settings } = optimizer;
  const [layout = []] = layoutsOf(optimizer, owner);
  const ahead = layout.filter(({ kind }) => kind !== "slot" && kind !== "unused").length;
  return layout.map((entry, index) => {
    const place = index - ahead;
    const name = stateName({ settings, version: owner.version, entry, place }, owner.weights);
    return { name, ...contentOf(entry, optimizer, owner) };
  });
}

function contentOf(
  entry: StateEntry,
  { state }: Optimizer,
  { weights }: StateOwner,
): Omit<StateArray, "name"> {
  const scalar = { dtype: "float32" as const, shape: [] };
  switch (entry.kind) {
    case "iterations":
      return { dtype: "int64", shape: [], values: Float64Array.of(state.iterations) };
    case "rate":
      return { ...scalar, values: Float32Array.of(state.learningRate) };
    case "product":
      return { ...scalar, values: Float32Array.of(state.product) };
    case "unused":
      return { dtype: "float32", shape: [1], values: Float32Array.of(0) };
    case "slot": {
      const values = state.slots[entry.weight]?.[entry.slot] ?? new Float32Array(0);
      const shape = weights[entry.weight]?.shape ?? [];
      return { dtype: "float32", shape, values: values.slice() };
    }
  }
}

function layoutsOf(
  { settings, slotNames }: Optimizer,
  { weights, version }: StateOwner,
): readonly (readonly StateEntry[])[] {
  const options = { settings, version, weights: weights.length, slots: slotNames.length };
  return [stateLayout(options), ...otherLayouts(options)];
}

function fits(
  layout: readonly StateEntry[],
  saved: readonly SavedArray[],
  { weights }: StateOwner,
): boolean {
  return (
    layout.length === saved.length &&
    layout.every((entry, index) => {
      const { shape = [-1], values = [] } = saved[index] ?? {};
      if (values.length !== sizeOf(shape)) return false;
      if (entry.kind !== "slot") return sizeOf(shape) === 1;
      return sameShape(shape, weights[entry.weight]?.shape ?? []);
    })
  );
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

function productAfter({ settings, state }: Optimizer, steps: number): number {
  const { productFactor } = ruleOf(settings);
  const weights = state.slots.length;
  let product = 1;
  // It reaches 0 after a few thousand steps, and stays there.
  for (let step = 1; step <= steps && productFactor !== undefined && product > 0; step++) {
    for (let weight = 0; weight < weights; weight++) {
      if (!multipliesProduct(settings, { weight, weights, step })) continue;
      product = Math.fround(product * productFactor(step));
    }
  }
  return product;
}

function refuse(
  { settings, slotNames }: Optimizer,
  saved: readonly SavedArray[],
  { weights }: StateOwner,
): never {
  const given = saved.map(({ shape }) => formatShape(shape)).slice(0, 4);
  const more = saved.length > given.length ? ", …" : "";
  return fail(
    "bad-weights",
    `The optimizer's state holds ${saved.length} arrays (${given.join(", ")}${more}), which are not those of ` +
      `${settings.name} for ${weights.length} trainable weights (${slotNames.length} for each).`,
    {
      hint: "Freeze and unfreeze layers as they were when the file was saved, or start with a new optimizer.",
    },
  );
}

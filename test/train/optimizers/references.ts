import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { sizeOf } from "../../../src/ir/tensor.ts";
import type { JsonObject } from "../../../src/json.ts";
import { createOptimizer, type Optimizer } from "../../../src/train/optimizers/optimizer.ts";
import { optimizerSettings } from "../../../src/train/optimizers/settings.ts";
import { FIXTURES } from "../../cases.ts";

/** One optimizer with its arguments, run by Keras on fixed gradients. */
export interface OptimizerReference {
  readonly class_name: string;
  readonly args: JsonObject;
  /** What Keras writes of it into a file. */
  readonly config: JsonObject;
  /** After five steps. */
  readonly weights: readonly (readonly number[])[];
  readonly state_step3: readonly ReferenceArray[];
  readonly state_step5: readonly ReferenceArray[];
}

/** One array that Keras saves of an optimizer. */
export interface ReferenceArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export interface OptimizerReferences {
  readonly dialect: string;
  readonly keras: string;
  readonly shapes: readonly (readonly number[])[];
  readonly start: readonly (readonly number[])[];
  readonly gradients: readonly (readonly (readonly number[])[])[];
  readonly cases: readonly OptimizerReference[];
}

export const DIALECTS = ["keras", "tf-legacy", "tf", "keras-3"] as const;

/** What `fixtures/generators/optimizers.py` wrote for a dialect, with what few use. */
export function referencesOf(dialect: (typeof DIALECTS)[number]): OptimizerReferences {
  const folder = join(FIXTURES, "optimizers");
  const known: OptimizerReferences = JSON.parse(
    readFileSync(join(folder, `${dialect}.json`), "utf8"),
  );
  const more = join(folder, `${dialect}-more.json.gz`);
  const cases: readonly OptimizerReference[] = existsSync(more)
    ? JSON.parse(gunzipSync(readFileSync(more)).toString())
    : [];
  return { ...known, cases: [...known.cases, ...cases] };
}

/** The optimizer of a reference, before its first step. */
export function optimizerOf(
  { keras, shapes }: OptimizerReferences,
  { class_name: className, config: { lr, ...config } }: OptimizerReference,
): Optimizer {
  const renamed = lr === undefined ? config : { ...config, learning_rate: lr };
  const settings = optimizerSettings({ name: className.toLowerCase(), config: renamed }, keras);
  return createOptimizer(settings, shapes.map(sizeOf));
}

/** The largest difference of any two numbers, by the size of those above 1; NaN where one is missing. */
export function furthest(
  found: readonly ArrayLike<number>[],
  expected: readonly ArrayLike<number>[],
): number {
  return found.reduce<number>(
    (most, values, index) =>
      Array.from(values).reduce((worst, value, i) => {
        const right = expected[index]?.[i] ?? Number.NaN;
        return Math.max(worst, Math.abs(value - right) / Math.max(1, Math.abs(right)));
      }, most),
    0,
  );
}

export const floats = (lists: readonly (readonly number[])[]): Float32Array[] =>
  lists.map((list) => Float32Array.from(list));

import { at } from "./rule.ts";
import type { OptimizerSettings } from "./settings.ts";
import { type TableRows, takenApart } from "./table-rows.ts";

/**
 * Limits gradients in place, as the dialect has it:
 * - Keras 1 and 2: `clipnorm` is the norm of all gradients together; `clipvalue` follows.
 * - legacy optimizers of tf.keras: `clipvalue`, then each gradient's own norm, then the norm of all.
 * - tf.keras 2.11 and later: the first of `clipnorm` (each its own), `global_clipnorm`, `clipvalue`.
 *
 * @see keras/optimizers.py `get_gradients` (2.2.4); legacy/optimizer_v2.py `_transform_gradients`, optimizer.py `_clip_gradients` (2.15)
 */
export function clipGradients(
  settings: OptimizerSettings,
  gradients: readonly Float32Array[],
  rows: Rows = [],
): void {
  const { dialect, config } = settings;
  const { clipnorm, clipvalue, global_clipnorm: together } = config;
  if (dialect === "keras") {
    if (clipnorm > 0) scaleTogether(settings, gradients, Math.fround(clipnorm), rows);
    if (clipvalue > 0) clipValues(gradients, Math.fround(clipvalue), rows);
    return;
  }
  if (dialect === "tf-legacy") {
    if (clipvalue > 0) clipValues(gradients, Math.fround(clipvalue), rows);
    if (clipnorm > 0) scaleEach(settings, gradients, Math.fround(clipnorm), rows);
    if (together > 0) scaleTogether(settings, gradients, Math.fround(together), rows);
    return;
  }
  if (clipnorm > 0) scaleEach(settings, gradients, Math.fround(clipnorm), rows);
  else if (together > 0) scaleTogether(settings, gradients, Math.fround(together), rows);
  else if (clipvalue > 0) clipValues(gradients, Math.fround(clipvalue), rows);
}

/** Of gradients whose rows Keras limits before it adds them up. */
type Rows = readonly (TableRows | undefined)[];

/** A gradient that is not a number stays so: hiding it would hide that the run is lost. */
function clipValues(gradients: readonly Float32Array[], most: number, rows: Rows): void {
  for (const [index, gradient] of gradients.entries()) {
    if (rows[index] !== undefined) continue;
    for (let i = 0; i < gradient.length; i++) {
      gradient[i] = Math.min(most, Math.max(-most, at(gradient, i)));
    }
  }
}

function scaleEach(
  settings: OptimizerSettings,
  gradients: readonly Float32Array[],
  most: number,
  rows: Rows,
): void {
  for (const [index, gradient] of gradients.entries()) {
    const own = rows[index];
    const squares = own?.squares ?? sumOfSquares(gradient);
    const norm = Math.max(Math.fround(Math.sqrt(squares)), most);
    if (own !== undefined) scaleRows(settings, own, most / norm);
    for (let i = 0; i < gradient.length; i++) {
      gradient[i] = Math.fround(at(gradient, i) * most) / norm;
    }
  }
}

function scaleTogether(
  settings: OptimizerSettings,
  gradients: readonly Float32Array[],
  most: number,
  rows: Rows,
): void {
  const sum = gradients.reduce(
    (total, gradient, index) => total + (rows[index]?.squares ?? sumOfSquares(gradient)),
    0,
  );
  const norm = Math.fround(Math.sqrt(sum));
  if (norm < most) return;
  const scale = Math.fround(most / norm);
  for (const own of rows) if (own !== undefined) scaleRows(settings, own, scale);
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) gradient[i] = at(gradient, i) * scale;
  }
}

/** Brings what is known of rows to the scale of their gradient. */
function scaleRows(settings: OptimizerSettings, rows: TableRows, scale: number): void {
  rows.squares *= scale ** 2;
  const apart = rows.apart ?? new Float32Array(0);
  const factor = takenApart(settings) === "squares" ? scale ** 2 : scale;
  for (let i = 0; i < apart.length; i++) apart[i] = at(apart, i) * factor;
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

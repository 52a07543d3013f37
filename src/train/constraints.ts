import { fail } from "../errors.ts";
import type { ConstraintRule, Graph } from "../ir/graph.ts";
import type { WeightRef } from "../ir/tensor.ts";
import { placedWeight } from "./placed-weights.ts";

/** A trained weight and what its numbers are held to. */
export interface HeldWeight {
  readonly ref: WeightRef;
  readonly rule: ConstraintRule;
  /** As the rule counts the axes. */
  readonly shape: readonly number[];
}

/** What trained weights are held to. Throws `unsupported` for what is not known, or is for a weight in another form. */
export function constraintsOf(
  { constraints }: Graph,
  trained: readonly WeightRef[],
): readonly HeldWeight[] {
  const [other] = constraints?.others ?? [];
  if (other !== undefined) {
    const { code, text, at = {} } = other;
    fail(code, text, { at, hint: "Freeze this layer." });
  }
  const ids = new Set(trained.map(({ id }) => id));
  const held = (constraints?.weights ?? []).map((constraint) => {
    const { layer, rule, weight } = constraint;
    const { ref, order } = placedWeight(constraint, trained);
    if (order === "other" && rule.kind === "norm") {
      fail("unsupported", "Its constraint is for a weight that is trained in another form.", {
        at: { layer },
        hint: "Freeze this layer.",
      });
    }
    return { ref, rule, shape: weight.shape };
  });
  return held.filter(({ ref }) => ids.has(ref.id));
}

/** Brings numbers of a shape back to what they are held to, in place. */
export function constrain(
  rule: ConstraintRule,
  values: Float32Array,
  shape: readonly number[],
): void {
  if (rule.kind === "non-negative") {
    for (const [i, value] of values.entries()) if (!(value >= 0)) values[i] = value * 0;
    return;
  }
  const groups = groupsOf(shape, rule.axes);
  const squares = new Float64Array(values.length);
  for (const [i, value] of values.entries()) {
    const group = groups[i] ?? 0;
    squares[group] = (squares[group] ?? 0) + value * value;
  }
  for (const [i, value] of values.entries()) {
    const norm = Math.fround(Math.sqrt(squares[groups[i] ?? 0] ?? 0));
    const bounded = Math.min(Math.max(norm, rule.least), rule.most);
    const wanted = rule.rate * bounded + (1 - rule.rate) * norm;
    values[i] = value * Math.fround(wanted / (EPSILON + norm));
  }
}

const EPSILON = 1e-7;

/** For each number the one that stands first among those of its norm. */
function groupsOf(shape: readonly number[], axes: readonly number[]): Int32Array {
  const summed = new Set(axes);
  let groups = Int32Array.of(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    const before = groups;
    const own = stride;
    groups = Int32Array.from({ length: before.length * size }, (_, i) => {
      const inner = before[i % own] ?? 0;
      return summed.has(axis) ? inner : inner + Math.floor(i / own) * own;
    });
    stride *= size;
  }
  return groups;
}

import { fail } from "../errors.ts";
import type { ConstraintRule, Graph, WeightConstraint } from "../ir/graph.ts";
import type { PlannedWeight } from "../targets/tfjs/training/training-plan.ts";

/** Constraints of weights that are trained. Throws `unsupported` for those that are not known, or not on the stored weight. */
export function constraintsOf(
  { constraints }: Graph,
  trained: readonly PlannedWeight[],
): readonly WeightConstraint[] {
  const [other] = constraints?.others ?? [];
  if (other !== undefined) {
    const { code, text, at = {} } = other;
    fail(code, text, { at, hint: "Freeze this layer." });
  }
  const ids = new Set(trained.map(({ ref }) => ref.id));
  const own = constraints?.weights ?? [];
  const lost = own.find(({ weight }) => !ids.has(weight.id));
  if (lost !== undefined) {
    fail(
      "unsupported",
      "Its weights are computed in another form than the one that is constrained.",
      {
        at: { layer: lost.layer },
        hint: "Freeze this layer.",
      },
    );
  }
  return own;
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

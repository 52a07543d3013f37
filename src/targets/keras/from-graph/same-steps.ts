import { fail } from "../../../errors.ts";
import type { Graph, Node } from "../../../ir/graph.ts";
import type { Op } from "../../../ir/ops/index.ts";
import type { Dim } from "../../../ir/tensor.ts";

/** Throws `unsupported` for the first step that is another one in the new graph, whose layers have these names. */
export function checkSteps(
  before: Graph,
  after: Graph,
  layerNames: ReadonlyMap<string, string>,
): void {
  const made = new Map(after.nodes.map((node) => [node.origin.layer, node]));
  for (const node of before.nodes) {
    const now = made.get(layerNames.get(node.id) ?? "");
    if (now !== undefined && describe(before, node) === describe(after, now)) continue;
    const { layer, className } = node.origin;
    fail("unsupported", "no layer of Keras computes the same.", { at: { layer, className } });
  }
}

/** What a step computes, apart from zeros that a layer before it adds. */
function describe({ types }: Graph, { op, outputs }: Node): string {
  const { weights, ...facts } = meant(op);
  const roles = Object.entries(weights).map(([role, ref]) => [role, ref?.shape ?? null]);
  const padded = "padding" in facts && typeof facts.padding !== "string";
  const plain = Object.entries(facts)
    .map(([key, value]) => [key, padded && key === "padding" ? "valid" : rounded(value)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const shapes = outputs.map((value): readonly Dim[] => types.get(value)?.shape ?? []);
  return JSON.stringify([plain, op.kind === "affine" ? [] : roles.sort(), shapes]);
}

/** Facts that change nothing are left out: gates of a cell without gates, how one direction is merged, where whole factors sample. */
function meant(op: Op): Op {
  if (op.kind === "recurrent") {
    const merge = op.direction === "bidirectional" ? op.merge : null;
    return op.cell === "simple"
      ? { ...op, merge, recurrentActivation: { fn: "linear" } }
      : { ...op, merge };
  }
  if (op.kind === "resize" && op.interpolation === "nearest" && op.factors !== undefined) {
    return { ...op, coordinates: "asymmetric" };
  }
  return op;
}

/** Numbers of a network are float32, those of Keras are not. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Math.fround(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]));
}

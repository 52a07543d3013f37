import type { Graph } from "../ir/graph.ts";
import type { WeightRef } from "../ir/tensor.ts";
import { isTrained } from "../ir/trainable-roles.ts";
import type { TableRule } from "../targets/tfjs/backward/table-rows.ts";
import type { OptimizerSettings } from "./optimizers/settings.ts";
import { goesByRows, limitOfRows, takenApart } from "./optimizers/table-rows.ts";

/**
 * The trained tables, by id, whose gradients Keras keeps row by row, where its optimizer goes by that: tables that nothing but embeddings
 * read, and that have no penalty, whose gradient is added to all rows.
 */
export function takenTables(
  { nodes, penalties }: Graph,
  settings: OptimizerSettings,
): ReadonlyMap<string, TableRule> {
  if (!goesByRows(settings)) return new Map();
  const most = limitOfRows(settings);
  const rule: TableRule = { apart: takenApart(settings), ...(most !== undefined && { most }) };
  const tables = nodes.flatMap((node) =>
    node.op.kind === "embedding" && isTrained(node) ? [node.op.weights.embeddings.id] : [],
  );
  const others = nodes.flatMap(({ op }) =>
    op.kind === "embedding" ? [] : Object.values<WeightRef | undefined>(op.weights),
  );
  const ofPenalties = (penalties?.weights ?? []).map(({ weight }) => weight);
  const dense = [...others, ...ofPenalties].flatMap((ref) => ref?.id ?? []);
  const alone = tables.filter((id) => !dense.some((other) => other.includes(id)));
  return new Map(alone.map((id) => [id, rule]));
}

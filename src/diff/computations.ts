import type { Graph } from "../ir/graph.ts";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";

/** What each layer computes, by its name: the ops of its first call without their weights, in plain data. */
export function computations(graph: Graph): ReadonlyMap<string, readonly JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  for (const { op, origin } of graph.nodes) {
    if (origin.call !== 0) continue;
    const list = found.get(origin.layer) ?? [];
    const { weights: _, ...settings } = op;
    const plain: Json = JSON.parse(JSON.stringify(settings));
    if (isJsonObject(plain)) list.push(plain);
    found.set(origin.layer, list);
  }
  return found;
}

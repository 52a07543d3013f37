import { createHash } from "node:crypto";
import type { Graph } from "../ir/graph.ts";
import { printGraph } from "../ir/print.ts";
import type { WeightRef } from "../ir/tensor.ts";
import { floatBytes } from "../weights/encode.ts";

/** SHA-256 of what a graph computes, in hexadecimal: its nodes and, as float32, all its numbers; not of its name and its writer. */
export function hashOfGraph(graph: Graph): string {
  const hash = createHash("sha256");
  const [, ...lines] = printGraph(graph).split("\n");
  hash.update(lines.join("\n"));
  // Files call the same array differently.
  const places = new Map<string, number>();
  for (const { op } of graph.nodes) {
    for (const ref of Object.values<WeightRef | undefined>(op.weights)) {
      if (ref === undefined) continue;
      const known = places.get(ref.id);
      hash.update(`\0${known ?? places.size}\0`);
      if (known !== undefined) continue;
      places.set(ref.id, places.size);
      for (const chunk of floatBytes(ref).chunks()) hash.update(chunk);
    }
  }
  return hash.digest("hex");
}

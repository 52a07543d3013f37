import { openFile } from "../../../src/io/node.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import { type SplitModel, splitFrozen } from "../../../src/passes/split-frozen.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import { DIGITS } from "../../digits.ts";

/** The model of the digits, all frozen but its last layer, whole and cut. */
export function digitsSplit(): {
  readonly graph: Graph;
  readonly split: SplitModel;
  readonly size: { readonly width: number; readonly height: number };
} {
  const { graph: trained } = readKeras(openFile(DIGITS.model));
  const last = trained.nodes.findLast(({ op }) => op.kind === "dense" || op.kind === "conv");
  const nodes = trained.nodes.map((node) => {
    const trainable = node.origin.layer === last?.origin.layer;
    return { ...node, origin: { ...node.origin, trainable } };
  });
  const graph = { ...trained, nodes };
  const split = splitFrozen(graph, { frozenNorm: "stored" });
  if (split === undefined) throw new Error("it was not cut");
  const [, height, width] = graph.types.get(graph.inputs[0]?.value ?? "")?.shape ?? [];
  return { graph, split, size: { width: width ?? 0, height: height ?? 0 } };
}

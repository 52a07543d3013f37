import type { Node } from "../../ir/graph.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import type { Emission } from "./emission.ts";
import { BATCH, CHANNEL, type Layout, SEQ } from "./layout.ts";
import type { LayerBody } from "./spec-version.ts";

/** What both ways of a bidirectional layer give: two blobs, or one with both in its channels. */
export type DirectionOutput =
  | { readonly joined: string }
  | { readonly forward: string; readonly backward: string };

const MERGE: Readonly<Record<"sum" | "multiply" | "average", LayerBody>> = {
  sum: { add: {} },
  multiply: { multiply: {} },
  average: { average: {} },
};

/**
 * Joins the ways as `merge` says. `run` writes the layers; when it may give both ways in one blob, it is told
 * the name that this blob has to bear.
 */
export function emitMerged(
  node: Node<RecurrentOp>,
  emission: Emission,
  run: (out: string | undefined) => DirectionOutput,
): string {
  const { merge, returnSequences } = node.op;
  const layout: Layout = returnSequences ? [BATCH, SEQ, CHANNEL] : [BATCH, CHANNEL];
  const writer = emission.write(node, layout);
  const ways = run(merge === "concat" ? writer.out : undefined);
  if (merge === "concat") {
    if ("joined" in ways) return emission.place(node.outputs[0] ?? "", writer.out, layout);
    return writer.finish({ concat: {} }, ways.forward, ways.backward);
  }
  const { forward, backward } = "joined" in ways ? split(node, emission, ways.joined) : ways;
  if (merge === null) {
    emission.place(node.outputs[1] ?? "", backward, layout);
    return emission.place(node.outputs[0] ?? "", forward, layout);
  }
  return writer.finishAs(`${writer.name}_elementwise`, MERGE[merge], forward, backward);
}

function split(
  node: Node<RecurrentOp>,
  emission: Emission,
  joined: string,
): { readonly forward: string; readonly backward: string } {
  const name = emission.layerNameOf(node);
  const forward = emission.blobName(`${name}_forward`);
  const backward = emission.blobName(`${name}_backward`);
  emission.add(`${name}_split`, { split: { nOutputs: 2 } }, [joined], [forward, backward]);
  return { forward, backward };
}

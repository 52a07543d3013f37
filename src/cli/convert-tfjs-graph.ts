import { writeTfjsGraph } from "../targets/tfjs-model/write-graph.ts";
import { writerOf } from "./convert-tfjs.ts";
import type { TargetWriter } from "./target-spec.ts";

/** Writes graph models of TensorFlow.js; loads tfjs itself, which layers models do not need. */
export const tfjsGraphWriter: TargetWriter = writerOf({
  format: "TensorFlow.js graph",
  write: writeTfjsGraph,
  kind: "graph",
});

import type { Graph } from "../../../src/ir/graph.ts";
import type { Dim } from "../../../src/ir/tensor.ts";
import { buildGraph, weight } from "./build-graph.ts";

/** A picture to scores: global average, dense, softmax or sigmoid. */
export function pictureModel(
  shape: readonly Dim[] = [8, 6, 3],
  units = 3,
  fn: "softmax" | "sigmoid" = "softmax",
): Graph {
  const channels = shape.at(-1) ?? 1;
  return buildGraph([shape], (add, x) => {
    const pooled = add(
      {
        kind: "globalPool",
        fn: "average",
        keepDims: false,
        layout: "channels-last",
        masked: false,
        weights: {},
      },
      x,
    );
    const kernel = weight("kernel", [channels, units]);
    const scores = add({ kind: "dense", weights: { kernel } }, pooled);
    const activation = fn === "softmax" ? ({ fn, axis: 1 } as const) : ({ fn } as const);
    return add({ kind: "activation", activation, weights: {} }, scores);
  });
}

import type { Node } from "../../../ir/graph.ts";
import type { ConcatOp, MergeOp } from "../../../ir/ops/merge.ts";
import type { Emitters } from "../../target.ts";
import type { LayersEmission } from "./emission.ts";
import { refuse } from "./refuse.ts";
import { merged, rescaled } from "./steps.ts";

/** Several inputs to one. */
export const mergeEmitters = {
  merge: emitMerge,
  concat: emitConcat,
} satisfies Partial<Emitters<LayersEmission>>;

const CLASSES = {
  add: "Add",
  average: "Average",
  maximum: "Maximum",
  minimum: "Minimum",
  multiply: "Multiply",
} as const;

function emitMerge(node: Node<MergeOp>, emission: LayersEmission): void {
  const { fn } = node.op;
  const inputs = node.inputs.map((_, index) => emission.input(node, index));
  const shape = emission.outputShape(node);
  const [a, b] = inputs;
  if (fn === "divide") refuse(node, "a division does not exist in layers of TensorFlow.js.");
  else if (fn !== "subtract") {
    emission.finish(node, merged(emission, { node }, CLASSES[fn], shape, ...inputs));
  } else if (a !== undefined && b !== undefined) {
    const turned = rescaled(emission, { node, step: "turn" }, b, -1);
    emission.finish(node, merged(emission, { node }, "Add", shape, a, turned));
  }
}

function emitConcat(node: Node<ConcatOp>, emission: LayersEmission): void {
  const inputs = node.inputs.map((_, index) => emission.input(node, index));
  const [first] = inputs;
  // tfjs joins two or more.
  if (first !== undefined && inputs.length === 1) {
    emission.finish(node, first);
    return;
  }
  const config = { axis: node.op.axis };
  const shape = emission.outputShape(node);
  emission.finish(node, emission.one(node, { className: "Concatenate", config, shape }, ...inputs));
}

import type { Node } from "../../../ir/graph.ts";
import type { RepeatOp, ReshapeOp } from "../../../ir/ops/shape.ts";
import type { Emitters } from "../../target.ts";
import type { LayersEmission } from "./emission.ts";
import { permuted, reshaped } from "./steps.ts";

/** Moves of numbers. */
export const shapeEmitters = {
  reshape: emitReshape,
  permute: (node, emission) => {
    emission.finish(node, permuted(emission, { node }, emission.input(node), node.op.dims));
  },
  repeat: emitRepeat,
  constant: { unsupported: "constant tensors do not exist in layers of TensorFlow.js." },
} satisfies Partial<Emitters<LayersEmission>>;

function emitReshape(node: Node<ReshapeOp>, emission: LayersEmission): void {
  const x = emission.input(node);
  const shape = emission.outputShape(node);
  const deep = x.shape.length > 2; // tfjs flattens no vectors.
  const flat = deep && shape.length === 2 && x.shape.slice(1).every((dim) => dim !== null);
  const y = flat
    ? emission.one(node, { className: "Flatten", config: {}, shape }, x)
    : reshaped(emission, { node }, x, shape);
  emission.finish(node, y);
}

function emitRepeat(node: Node<RepeatOp>, emission: LayersEmission): void {
  const shape = emission.outputShape(node);
  const parts = { className: "RepeatVector", config: { n: node.op.n }, shape };
  emission.finish(node, emission.one(node, parts, emission.input(node)));
}

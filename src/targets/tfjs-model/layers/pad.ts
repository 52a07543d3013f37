import type { Node } from "../../../ir/graph.ts";
import type { CropOp, PadOp, SliceOp } from "../../../ir/ops/pad.ts";
import type { Emitters } from "../../target.ts";
import { bordered } from "./border.ts";
import type { LayersEmission } from "./emission.ts";
import { knownSize, refuse } from "./refuse.ts";

/** Borders and parts. */
export const padEmitters = {
  pad: emitPad,
  crop: emitCrop,
  slice: emitSlice,
} satisfies Partial<Emitters<LayersEmission>>;

function emitPad(node: Node<PadOp>, emission: LayersEmission): void {
  const { mode, value, amounts } = node.op;
  if (mode !== "constant" || value !== 0) {
    refuse(node, "only borders of zeros exist in layers of TensorFlow.js.");
  }
  emission.finish(node, bordered(emission, node, "ZeroPadding2D", emission.input(node), amounts));
}

function emitCrop(node: Node<CropOp>, emission: LayersEmission): void {
  const x = emission.input(node);
  emission.finish(node, bordered(emission, node, "Cropping2D", x, node.op.amounts));
}

function emitSlice(node: Node<SliceOp>, emission: LayersEmission): void {
  const { starts, ends, steps } = node.op;
  const x = emission.input(node);
  if (steps.some((step) => step !== 1)) {
    refuse(node, "a slice with steps does not exist in layers of TensorFlow.js.");
  }
  if ((starts[0] ?? 0) !== 0 || ends[0] != null) {
    refuse(node, "a part of the batch cannot be taken in layers of TensorFlow.js.");
  }
  const amounts = starts.map((start, axis) => {
    const end = ends[axis] ?? null;
    const size = x.shape[axis] ?? null;
    if (end === null) return [start, 0] as const;
    return [start, Math.max(0, knownSize(node, size, "The size of a sliced axis") - end)] as const;
  });
  emission.finish(node, bordered(emission, node, "Cropping2D", x, amounts));
}

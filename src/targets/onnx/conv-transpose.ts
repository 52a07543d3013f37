import type { Node } from "../../ir/graph.ts";
import type { ConvTransposeOp } from "../../ir/ops/conv.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import { ints } from "./attributes.ts";
import { biasInput } from "./bias-input.ts";
import type { Emission } from "./emission.ts";
import { imageOrder } from "./layout.ts";

/**
 * Transposed convolution. How much is cut off the full result at either end, or added behind it, does not depend on the size.
 * @see Keras 2.2.4 `deconv_length` and TensorFlow's conv_grad_input_ops
 */
export function emitConvTranspose(node: Node<ConvTransposeOp>, emission: Emission): void {
  const { op } = node;
  const { kernel, bias } = op.weights;
  const w = emission.scribe(node);
  const rank = op.strides.length;
  const order = imageOrder(op.layout, rank + 2);
  const spatial = Array.from({ length: rank }, (_, axis) => axis);
  const cuts = spatial.map((axis) => cutOf(op, axis));
  const inputs = [
    emission.read(node, 0, order),
    w.weight("kernel", transposeWeight(kernel, [rank + 1, rank, ...spatial])),
    ...biasInput(w, bias),
  ];
  const added = cuts.map(({ added }) => added);
  const result = w.add("ConvTranspose", inputs, {
    kernel_shape: ints(kernel.shape.slice(0, rank)),
    strides: ints(op.strides),
    dilations: ints(op.dilations),
    pads: ints([...cuts.map(({ before }) => before), ...cuts.map(({ after }) => after)]),
    ...(added.some((amount) => amount > 0) ? { output_padding: ints(added) } : {}),
  });
  emission.place(node, result, { order });
}

interface Cut {
  readonly before: number;
  readonly after: number;
  /** Elements behind the full result that are zero but for the bias. */
  readonly added: number;
}

function cutOf(op: ConvTransposeOp, axis: number): Cut {
  const stride = op.strides[axis] ?? 1;
  const reach = ((op.weights.kernel.shape[axis] ?? 1) - 1) * (op.dilations[axis] ?? 1) + 1;
  const same = op.padding === "same";
  const extra = op.outputPadding?.[axis];
  const asKeras = same ? reach - stride : Math.min(reach - stride, 0);
  const total = extra === undefined ? asKeras : (same ? 2 * Math.floor(reach / 2) : 0) - extra;
  if (total < 0) return { before: 0, after: 0, added: -total };
  const before = same ? Math.floor(total / 2) : 0;
  return { before, after: total - before, added: 0 };
}

import type { Node } from "../../../ir/graph.ts";
import type { ApplyMaskOp } from "../../../ir/ops/mask.ts";
import type { Emitters } from "../../target.ts";
import type { LayersEmission } from "./emission.ts";
import { refuse } from "./refuse.ts";

/** Masks: in layers of tfjs they travel unseen, from the layer that makes them to a recurrent one. */
export const maskEmitters = {
  notEqualMask: () => {},
  applyMask: emitApplyMask,
} satisfies Partial<Emitters<LayersEmission>>;

/** A Masking layer, when the mask is that of the masked value itself. */
function emitApplyMask(node: Node<ApplyMaskOp>, emission: LayersEmission): void {
  const [value, mask = ""] = node.inputs;
  const maker = emission.graph.nodes.find(({ outputs }) => outputs.includes(mask));
  const { op } = maker ?? {};
  if (op?.kind !== "notEqualMask" || !op.reduceLast || maker?.inputs[0] !== value) {
    refuse(node, "a mask that is computed cannot be applied in layers of TensorFlow.js.");
  }
  const config = { mask_value: op.value };
  const x = emission.input(node);
  const parts = { className: "Masking", config, shape: x.shape, mask };
  emission.finish(node, emission.one(node, parts, x));
}

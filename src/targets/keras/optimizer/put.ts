import type { Diagnostic } from "../../../errors.ts";
import {
  type AttributeContent,
  addDataset,
  createGroup,
  type GroupDraft,
  groupAt,
} from "../../../formats/hdf5-writer/index.ts";
import { storedBytes } from "../../../weights/encode.ts";
import { putNames } from "../legacy/names.ts";
import { nameVariables, putWeight } from "../state-weights.ts";
import type { OptimizerArrays } from "./arrays.ts";

/** Puts the state into a state file: `optimizer/vars/0`, …, and once more below what scales the loss. */
export function putStateOptimizer(root: GroupDraft, state: OptimizerArrays): void {
  const { name, arrays, around } = state;
  root.members.delete("optimizer");
  const put = (path: string, own: OptimizerArrays["arrays"], title: string): void => {
    nameVariables(groupAt(root, path), title);
    for (const [index, { ref }] of own.entries()) putWeight(root, `${path}/vars/${index}`, ref);
  };
  if (around === undefined) put("optimizer", arrays, name);
  else {
    put("optimizer", [...around, ...arrays], "loss_scale_optimizer");
    put("optimizer/inner_optimizer", arrays, name);
  }
}

/** Puts the state into a legacy file: `optimizer_weights` with its names. */
export function putLegacyOptimizer(root: GroupDraft, state: OptimizerArrays): void {
  const arrays = [...(state.around ?? []), ...state.arrays];
  const group = createGroup();
  root.members.set("optimizer_weights", group);
  putNames(
    group,
    "weight_names",
    arrays.map(({ name }) => name),
  );
  for (const { name, ref } of arrays) {
    const { dtype, shape } = ref;
    const attributes = new Map<string, AttributeContent>();
    addDataset(group, name, { kind: "dataset", dtype, shape, attributes, data: storedBytes(ref) });
  }
}

/** Says that a state is left out, and why. */
export function lostOptimizer(reason: string): Diagnostic {
  return {
    code: "unsupported",
    text: `The optimizer's state is left out: ${reason}`,
    hint: "Training goes on from these weights with a fresh optimizer.",
  };
}

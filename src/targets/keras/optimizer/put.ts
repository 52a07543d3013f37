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

/** Puts the state into a state file: `optimizer/vars/0`, … */
export function putStateOptimizer(root: GroupDraft, { name, arrays }: OptimizerArrays): void {
  root.members.delete("optimizer");
  nameVariables(groupAt(root, "optimizer"), name);
  for (const [index, { ref }] of arrays.entries()) putWeight(root, `optimizer/vars/${index}`, ref);
}

/** Puts the state into a legacy file: `optimizer_weights` with its names. */
export function putLegacyOptimizer(root: GroupDraft, { arrays }: OptimizerArrays): void {
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

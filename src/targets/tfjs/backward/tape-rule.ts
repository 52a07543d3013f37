import type { NamedAttrMap, Tensor } from "@tensorflow/tfjs-core";
import { tensorAt } from "../forward.ts";

/** How the gradient of a kernel's output goes to its inputs, by their names. */
export type TapeRule = (
  gradient: readonly Tensor[],
  kept: { readonly inputs: readonly Tensor[]; readonly outputs: readonly Tensor[] },
  attributes: NamedAttrMap,
) => Readonly<Record<string, () => Tensor>>;

/** A rule, with the inputs that it reads and whether it reads the output. */
export interface TapeEntry {
  /** `all`: whatever there are. */
  readonly reads: readonly string[] | "all";
  readonly output?: true;
  readonly rule: TapeRule;
}

/** The only gradient of a kernel with one output. */
export function onlyOne(gradient: readonly Tensor[]): Tensor {
  return tensorAt(gradient, 0);
}

import {
  type GradConfig,
  getGradient,
  type NamedAttrMap,
  registerGradient,
  Tensor,
} from "@tensorflow/tfjs-core";
import { tensorAt } from "../forward.ts";
import { numberRules } from "./tape-rules-numbers.ts";
import { productRules } from "./tape-rules-products.ts";
import { shapeRules } from "./tape-rules-shapes.ts";

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

/** Teaches tfjs' tape the kernels that forwards use, where nobody has: its build for Node comes without any. */
export function registerTapeRules(): void {
  const all = { ...numberRules(), ...shapeRules(), ...productRules() };
  for (const [kernelName, entry] of Object.entries(all)) {
    if (getGradient(kernelName) === undefined) registerGradient(configOf(kernelName, entry));
  }
}

function configOf(kernelName: string, { reads, output, rule }: TapeEntry): GradConfig {
  return {
    kernelName,
    ...(reads === "all" ? { saveAllInputs: true } : { inputsToSave: [...reads] }),
    ...(output ? { outputsToSave: [true] } : {}),
    gradFunc: (dy, saved, attributes) => {
      const gradient = dy instanceof Tensor ? [dy] : dy;
      const count = output ? saved.length - 1 : saved.length;
      const kept = { inputs: saved.slice(0, count), outputs: saved.slice(count) };
      return { ...rule(gradient, kept, attributes) };
    },
  };
}

/** The only gradient of a kernel with one output. */
export function onlyOne(gradient: readonly Tensor[]): Tensor {
  return tensorAt(gradient, 0);
}

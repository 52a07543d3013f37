import { type GradConfig, getGradient, registerGradient, Tensor } from "@tensorflow/tfjs-core";
import type { TapeEntry } from "./tape-rule.ts";
import { numberRules } from "./tape-rules-numbers.ts";
import { productRules } from "./tape-rules-products.ts";
import { shapeRules } from "./tape-rules-shapes.ts";

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

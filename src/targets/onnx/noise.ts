import type { Emitters } from "../target.ts";
import type { Emission } from "./emission.ts";

/** What acts in training only passes its input on. */
export const noiseEmitters: Pick<Emitters<Emission>, "noise" | "custom"> = {
  noise: (node, emission) => emission.put(node.outputs[0] ?? "", emission.input(node)),
  custom: { unsupported: "the layer is not known, and ONNX has no placeholder for it." },
};

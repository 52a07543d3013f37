import { layerVersions, type NeuralNetworkLayer } from "../../src/formats/coreml/types.gen.ts";
import { LayerCall } from "../../src/verify/call.ts";
import { layerRuns } from "../../src/verify/layers/index.ts";
import type { Tensor } from "../../src/verify/tensor.ts";

/** A tensor of a shape, with the numbers given or 1, 2, 3, … */
export function tensor(shape: readonly number[], numbers?: readonly number[]): Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return {
    shape,
    data: Float32Array.from(numbers ?? Array.from({ length: size }, (_, i) => i + 1)),
  };
}

/** Runs one layer; the parameters name its kind. */
export function runLayer(layer: NeuralNetworkLayer, ...inputs: Tensor[]): readonly Tensor[] {
  const kind = [...layerKinds].find((one) => layer[one] !== undefined);
  if (kind === undefined) throw new Error("the layer is of no kind");
  const run = layerRuns[kind];
  if (typeof run !== "function") throw new Error(run.unsupported);
  return run(new LayerCall({ name: "one", ...layer }, kind, inputs));
}

/** Shape and numbers of the first output. */
export function compute(
  layer: NeuralNetworkLayer,
  ...inputs: Tensor[]
): readonly [string, number[]] {
  const [first] = runLayer(layer, ...inputs);
  return [first?.shape.join(" ") ?? "", [...(first?.data ?? [])]];
}

const layerKinds = Object.keys(layerVersions).filter(isKind);

function isKind(name: string): name is keyof typeof layerRuns {
  return Object.hasOwn(layerRuns, name);
}

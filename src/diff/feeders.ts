import type { LayerConfig, ModelConfig, TensorAddress } from "../sources/keras/topology.ts";

/**
 * What feeds a layer, call by call. Names of inputs and of nested models may differ between files that are equal, so an
 * input stands by its number, and a nested model by the layers that make its outputs.
 */
export function feedersOf({ calls }: LayerConfig, around: ModelConfig): readonly string[] {
  return calls
    .flatMap(({ args, keywords }) => [
      ...args.flatMap((arg) => (arg.kind === "tensor" ? [arg.address] : [])),
      ...[...keywords.values()].flat(),
    ])
    .map((address) => sourceOf(address, around, 0));
}

const MAX_DEPTH = 64;

function sourceOf(address: TensorAddress, around: ModelConfig, depth: number): string {
  const layer = around.layers.find(({ name }) => name === address.layer);
  if (layer === undefined || depth > MAX_DEPTH) return address.layer;
  if (layer.className === "InputLayer") {
    return `(input ${around.inputs.findIndex(({ layer: name }) => name === address.layer) + 1})`;
  }
  const made = layer.model?.outputs[address.tensor];
  if (layer.model === undefined || made === undefined) return layer.path;
  return sourceOf(made, layer.model, depth + 1);
}

import type { WeightTable } from "./match-groups.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";

/**
 * An input shape to propose for a model that states none, batch first: from the kernel of a first Dense layer, else that
 * of an ordinary picture. Never more than a proposal, since sequences would do as well.
 */
export function exampleShape(model: ModelConfig, table: WeightTable): readonly number[] {
  const first = firstLayer(model);
  const [features, ...rest] = (first && table.get(first)?.get("kernel")?.shape) ?? [];
  const isVector = first?.className === "Dense" && rest.length === 1;
  return features !== undefined && isVector ? [1, features] : [1, 224, 224, 3];
}

function firstLayer(model: ModelConfig): LayerConfig | undefined {
  if (model.kind !== "sequential") return undefined;
  const first = model.layers.find((layer) => layer.className !== "InputLayer");
  return first?.model === undefined ? first : firstLayer(first.model);
}

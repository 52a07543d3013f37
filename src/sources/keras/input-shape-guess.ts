import type { Diagnostics } from "../../errors.ts";
import { type Dim, formatShape } from "../../ir/tensor.ts";
import type { WeightTable } from "./match-groups.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";

/**
 * The input shape of a Sequential that starts with a Dense layer, from that layer's kernel, with a warning. Keras 2
 * leaves the shape out when the model was made with an InputLayer. Undefined when other shapes would do as well.
 */
export function guessInputShape(
  model: ModelConfig,
  table: WeightTable,
  log: Diagnostics,
): readonly Dim[] | undefined {
  const first = firstLayer(model);
  if (first?.className !== "Dense") return undefined;
  const [features, ...rest] = table.get(first)?.get("kernel")?.shape ?? [];
  if (features === undefined || rest.length !== 1) return undefined;
  const shape = [null, features];
  log.warn({
    code: "bad-shape",
    text: `The file does not state the input shape; ${formatShape(shape)} was taken, from the kernel of the first layer, "${first.path}".`,
    hint: "If the model takes sequences or images, say so with --input-shape.",
  });
  return shape;
}

function firstLayer(model: ModelConfig): LayerConfig | undefined {
  if (model.kind !== "sequential") return undefined;
  const first = model.layers.find((layer) => layer.className !== "InputLayer");
  return first?.model === undefined ? first : firstLayer(first.model);
}

import type { Diagnostics } from "../../../errors.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { leafOf, type SpecTable } from "../../../sources/keras/slots.ts";
import type { LayerConfig, ModelConfig } from "../../../sources/keras/topology.ts";

/**
 * Refuses what Keras 2 writes but does not load: a model in a model in a model, when weights in it are not trained. It takes them
 * apart in another order than it wrote them.
 *
 * @see keras/engine/saving.py `convert_nested_model` (2.2.4)
 */
export function refuseDeepNesting(
  model: ModelConfig,
  specs: SpecTable,
  log: Diagnostics,
  dialect: Dialect,
): void {
  const untrained = (layer: LayerConfig): boolean => {
    if (layer.model !== undefined) return layer.model.layers.some(untrained);
    const { slots } = leafOf(layer, specs, dialect);
    const still = !layer.trainable || slots.some(({ nonTrainable }) => nonTrainable);
    return slots.length > 0 && still;
  };
  for (const outer of model.layers) {
    for (const inner of outer.model?.layers ?? []) {
      if (inner.model === undefined || !untrained(inner)) continue;
      log.error({
        code: "unsupported",
        text: "Keras 2.2 does not load models in models in models whose weights are not all trained.",
        at: { layer: inner.path, className: inner.fileClass },
        hint: "Put its layers into the model around it.",
      });
    }
  }
}

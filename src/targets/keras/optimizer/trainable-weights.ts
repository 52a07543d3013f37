import type { WeightRef } from "../../../ir/tensor.ts";
import { type Leaf, leafOf } from "../../../sources/keras/slots.ts";
import type { LayerConfig, ModelConfig } from "../../../sources/keras/topology.ts";
import { nativeWeights } from "../legacy/native-weights.ts";
import { orderedLayers } from "../legacy/weight-groups.ts";
import { weightName } from "../legacy/weight-names.ts";
import type { WeightContext } from "../state-weights.ts";

/** A stored array that is trained. */
export interface TrainableArray {
  readonly leaf: Leaf;
  /** As the generation stores it: `W_i` of a gate in Keras 1. */
  readonly role: string;
  /** As `conv1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** The arrays that an optimizer has slots for, in the order of the model. */
export function trainableArrays(
  model: ModelConfig,
  context: WeightContext,
): readonly TrainableArray[] {
  const { specs, dialect, table } = context;
  const within = (layer: LayerConfig): readonly TrainableArray[] => {
    if (layer.model !== undefined) return trainableArrays(layer.model, context);
    const leaf = leafOf(layer, specs, dialect);
    const weights = table.get(layer) ?? new Map<string, WeightRef>();
    const own = nativeWeights(leaf, weights, dialect).flatMap(
      ({ role, nonTrainable, ref }): readonly TrainableArray[] => {
        if (ref === undefined || nonTrainable || !layer.trainable) return [];
        const name = weightName(layer, role, dialect).replace(/:0$/, "");
        return [{ leaf, role, name, shape: ref.shape }];
      },
    );
    const held = layer.wrapped !== undefined && own.length === 0 ? within(layer.wrapped) : [];
    return [...own, ...held];
  };
  return orderedLayers(model).flatMap(within);
}

import type { WeightsReport } from "./compare-weights.ts";
import type { LayerMatch } from "./match-layers.ts";

/** Whether the layers that Keras should not train stayed as they were. */
export interface FrozenReport {
  /** Layers with weights that are not trainable in the second model. */
  readonly frozen: number;
  readonly frozenUnchanged: number;
  /** Names of frozen layers whose weights differ. */
  readonly moved: readonly string[];
  /** Of those, layers of which only statistics of batches moved. */
  readonly statistics: readonly string[];
  /** Layers with weights that are trainable. */
  readonly trainable: number;
  readonly trainableChanged: number;
}

/** Judges every paired layer that has weights. */
export function judgeFrozen({ pairs }: LayerMatch, weights: WeightsReport): FrozenReport {
  const changes = new Map<string, string[]>();
  for (const { layer, role } of [...weights.changed, ...weights.reshaped]) {
    changes.set(layer, [...(changes.get(layer) ?? []), role]);
  }
  const owners = pairs.map(([, b]) => b).filter((layer) => layer.weights.length > 0);
  const frozen = owners.filter(({ trainable }) => !trainable).map(({ name }) => name);
  const moved = frozen.filter((name) => changes.has(name));
  const trainable = owners.filter((layer) => layer.trainable);
  return {
    frozen: frozen.length,
    frozenUnchanged: frozen.length - moved.length,
    moved,
    statistics: moved.filter((name) => changes.get(name)?.every((role) => STATISTIC.test(role))),
    trainable: trainable.length,
    trainableChanged: trainable.filter(({ name }) => changes.has(name)).length,
  };
}

/** Of BatchNormalization, in the words of all generations. */
const STATISTIC = /moving_|running_|^(?:mean|variance)$/i;

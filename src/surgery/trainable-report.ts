import { sizeOf, type WeightRef } from "../ir/tensor.ts";
import { leafOf } from "../sources/keras/slots.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";

/** What is trained of one layer. */
export interface TrainableLayer {
  readonly path: string;
  readonly className: string;
  /** Its own flag and those of all models around it. */
  readonly trainable: boolean;
  /** Numbers in all its weights. */
  readonly parameters: number;
  /** Those of them that training changes by gradients. */
  readonly trained: number;
}

/** What is trained of a model: layers with weights in its order, and sums. A weight that is used twice counts once. */
export interface TrainableReport {
  readonly layers: readonly TrainableLayer[];
  readonly parameters: number;
  readonly trained: number;
}

/** Which layers training changes, and how much of them. */
export function trainableReport({ table, specs, archive }: TracedModel): TrainableReport {
  const seen = new Set<string>();
  const count = (refs: readonly WeightRef[]): number => {
    const fresh = refs.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    return fresh.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  };
  const layers = [...table].flatMap(([layer, weights]): readonly TrainableLayer[] => {
    if (weights.size === 0) return [];
    const { slots } = leafOf(layer, specs, archive.dialect);
    const fixed = new Set(slots.flatMap((slot) => (slot.nonTrainable ? [slot.role] : [])));
    const ofRoles = (isFixed: boolean): readonly WeightRef[] =>
      [...weights].flatMap(([role, ref]) => (fixed.has(role) === isFixed ? [ref] : []));
    const [moving, rest] = [count(ofRoles(true)), count(ofRoles(false))];
    const { path, fileClass, trainable } = layer;
    const trained = trainable ? rest : 0;
    return [{ path, className: fileClass, trainable, parameters: moving + rest, trained }];
  });
  const sum = (key: "parameters" | "trained"): number =>
    layers.reduce((total, layer) => total + layer[key], 0);
  return { layers, parameters: sum("parameters"), trained: sum("trained") };
}

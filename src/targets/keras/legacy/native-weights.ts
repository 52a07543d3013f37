import type { WeightRef } from "../../../ir/tensor.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import type { RoleWeights } from "../../../sources/keras/native-weights.ts";
import type { Leaf } from "../../../sources/keras/slots.ts";
import { turnTheanoKernels } from "../../../sources/keras/theano-weights.ts";
import { innermost, type LayerConfig } from "../../../sources/keras/topology.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { sliceWeight } from "../../../weights/slice.ts";
import { transposeWeight } from "../../../weights/transpose.ts";

/** One array as a generation stores it. */
export interface NativeWeight {
  readonly role: string;
  readonly nonTrainable?: true;
  /** Undefined when the model lacks it. */
  readonly ref: WeightRef | undefined;
}

/**
 * The weights of a layer in the layout of a generation and backend, in the order of its files: what reading undoes.
 */
export function nativeWeights(
  leaf: Leaf,
  weights: RoleWeights,
  dialect: Dialect,
): readonly NativeWeight[] {
  const turned = dialect.backend === "theano" ? turnTheanoKernels(leaf, weights) : weights;
  return leaf.slots.flatMap(({ role, nonTrainable }): readonly NativeWeight[] => {
    const ref = turned.get(role);
    const flag = nonTrainable === undefined ? {} : { nonTrainable };
    if (dialect.generation !== 1) return [{ role, ref, ...flag }];
    return keras1Weights(leaf, turned, role).map((one) => ({ ...one, ...flag }));
  });
}

/** Gates of recurrent layers stand apart in Keras 1, all arrays of a gate together; kernels lie as the ordering says. */
function keras1Weights(leaf: Leaf, weights: RoleWeights, role: string): readonly NativeWeight[] {
  const layer = innermost(leaf.layer);
  const gates = layer.config.implementation === "gpu" ? undefined : GATES.get(layer.className);
  const ref = weights.get(role);
  if (gates === undefined) {
    return [{ role, ref: ref && storedKernel(layer, role, ref) }];
  }
  const at = role.lastIndexOf("/") + 1;
  // All of them come with the first.
  if (role.slice(at) !== "kernel") return [];
  return gates.stored.flatMap((gate) =>
    PARTS.map(([part, name]) => {
      const whole = weights.get(`${role.slice(0, at)}${part}`);
      const one = whole && gateOf(whole, gates.joined.indexOf(gate), gates.joined.length);
      const own = `${role.slice(0, at)}${name}_${gate}`;
      return { role: own, ref: one && storedKernel(layer, part, one) };
    }),
  );
}

const LSTM = { stored: ["i", "c", "f", "o"], joined: ["i", "f", "c", "o"] };

const GATES: ReadonlyMap<string, typeof LSTM> = new Map([
  ["LSTM", LSTM],
  ["ConvLSTM2D", LSTM],
  ["GRU", { stored: ["z", "r", "h"], joined: ["z", "r", "h"] }],
]);

const PARTS = [
  ["kernel", "W"],
  ["recurrent_kernel", "U"],
  ["bias", "b"],
] as const;

function gateOf(ref: WeightRef, gate: number, gates: number): WeightRef {
  const axis = ref.shape.length - 1;
  const size = (ref.shape[axis] ?? 0) / gates;
  return sliceWeight(ref, axis, gate * size, (gate + 1) * size);
}

/** A kernel of Keras 2 in the layout of Keras 1.2. */
function storedKernel(layer: LayerConfig, role: string, ref: WeightRef): WeightRef {
  const last = role.slice(role.lastIndexOf("/") + 1);
  const first = layer.config.data_format === "channels_first";
  const rank = ref.shape.length;
  if (layer.className === "Conv1D" && last === "kernel" && rank === 3) {
    const [length = 0, ...rest] = ref.shape;
    return reshapeWeight(ref, [length, 1, ...rest]);
  }
  if (layer.className === "Conv2DTranspose" && last === "kernel" && rank === 4) {
    return transposeWeight(ref, first ? [2, 3, 0, 1] : [0, 1, 3, 2]);
  }
  if (!first || rank < 4 || !CHANNELS_FIRST.has(layer.className)) return ref;
  const spatial = Array.from({ length: rank - 2 }, (_, axis) => axis);
  return transposeWeight(ref, [rank - 1, rank - 2, ...spatial]);
}

const CHANNELS_FIRST: ReadonlySet<string> = new Set([
  "Conv2D",
  "Conv3D",
  "SeparableConv2D",
  "ConvLSTM2D",
]);

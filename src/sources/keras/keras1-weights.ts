import type { WeightRef } from "../../ir/tensor.ts";
import { concatWeights } from "../../weights/concat.ts";
import { mapWeight } from "../../weights/map.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import type { Dialect, WeightSlot } from "./layer-spec.ts";
import type { Leaf } from "./slots.ts";
import { innermost, type LayerConfig } from "./topology.ts";

/** Keras 1 stores the gates of LSTM and GRU as arrays of their own, unless made for GPUs. */
export function splitRecurrent(leaf: Leaf): readonly WeightSlot[] {
  const gates = gatesOf(innermost(leaf.layer));
  if (gates === undefined) return leaf.slots;
  return leaf.slots.flatMap(({ role }) => {
    if (!role.endsWith("recurrent_kernel")) return [];
    const prefix = role.slice(0, -"recurrent_kernel".length);
    return gates.stored.flatMap((gate) =>
      ["W", "U", "b"].map((part) => ({ role: `${prefix}${part}_${gate}` })),
    );
  });
}

/**
 * Arrays of Keras 1 in the layout of Keras 2; roles are already those of `splitRecurrent`.
 *
 * @see keras/engine/topology.py (Keras 2.0.0) `preprocess_weights_for_loading`
 */
export function convertKeras1(
  leaf: Leaf,
  stored: ReadonlyMap<string, WeightRef>,
  dialect: Dialect,
): ReadonlyMap<string, WeightRef> {
  const layer = innermost(leaf.layer);
  const straight = new Map(
    [...stored].map(([role, ref]) => [role, convertKernel(layer, role, ref)] as const),
  );
  const gates = gatesOf(layer);
  if (gates !== undefined) return joinGates(leaf, straight, gates.joined);
  return layer.className === "BatchNormalization" && storesDeviation(dialect.version)
    ? squareDeviation(layer, straight)
    : straight;
}

interface Gates {
  /** In the order of the file. */
  readonly stored: readonly string[];
  /** In the order of Keras 2. */
  readonly joined: readonly string[];
}

function gatesOf(layer: LayerConfig): Gates | undefined {
  if (layer.config.implementation === "gpu") return undefined;
  return GATES.get(layer.className);
}

const LSTM_GATES: Gates = { stored: ["i", "c", "f", "o"], joined: ["i", "f", "c", "o"] };

const GATES: ReadonlyMap<string, Gates> = new Map([
  ["LSTM", LSTM_GATES],
  ["ConvLSTM2D", LSTM_GATES],
  ["GRU", { stored: ["z", "r", "h"], joined: ["z", "r", "h"] }],
]);

function joinGates(
  leaf: Leaf,
  stored: ReadonlyMap<string, WeightRef>,
  gates: readonly string[],
): ReadonlyMap<string, WeightRef> {
  return new Map(
    leaf.slots.flatMap(({ role }) => {
      const at = role.lastIndexOf("/") + 1;
      const part = PARTS.get(role.slice(at));
      const parts = gates.map((gate) => stored.get(`${role.slice(0, at)}${part}_${gate}`));
      const found = parts.filter((ref) => ref !== undefined);
      const [first] = found;
      if (first === undefined || found.length !== gates.length) return [];
      return [[role, concatWeights(found, first.shape.length - 1)] as const];
    }),
  );
}

const PARTS: ReadonlyMap<string, string> = new Map([
  ["kernel", "W"],
  ["recurrent_kernel", "U"],
  ["bias", "b"],
]);

/** A convolution's kernel as `[...spatial, in, out]` (transposed: `[..., out, in]`); others as they are. */
function convertKernel(layer: LayerConfig, role: string, ref: WeightRef): WeightRef {
  const last = role.slice(role.lastIndexOf("/") + 1);
  const first = layer.config.data_format === "channels_first";
  const rank = ref.shape.length;
  if (layer.className === "Conv1D" && last === "kernel" && rank === 4) return flatten1d(layer, ref);
  if (layer.className === "Conv2DTranspose" && last === "kernel" && rank === 4) {
    return transposeWeight(ref, first ? [2, 3, 0, 1] : [0, 1, 3, 2]);
  }
  if (!first || rank < 4 || !CHANNELS_FIRST.has(layer.className)) return ref;
  const spatial = Array.from({ length: rank - 2 }, (_, axis) => axis + 2);
  return transposeWeight(ref, [...spatial, 1, 0]);
}

const CHANNELS_FIRST: ReadonlySet<string> = new Set([
  "Conv2D",
  "Conv3D",
  "SeparableConv2D",
  "ConvLSTM2D",
]);

/** Keras 1.2 stores `(length, 1, in, out)`, before that it was `(out, in, length, 1)`. */
function flatten1d(layer: LayerConfig, ref: WeightRef): WeightRef {
  const { kernel_size: length, filters } = layer.config;
  const [a, b, c, d] = ref.shape;
  const modern = a === length && b === 1 && d === filters;
  const ordered = modern || c !== length || d !== 1 ? ref : transposeWeight(ref, [2, 3, 1, 0]);
  return ordered.shape[1] === 1
    ? reshapeWeight(
        ordered,
        ordered.shape.filter((_, axis) => axis !== 1),
      )
    : ref;
}

/** Until Keras 1.0.5 the running "std" was one; since 1.0.6 the array of that name holds the variance. */
function storesDeviation(version: string): boolean {
  return /^(0\.|1\.0\.[0-5](?!\d))/.test(version);
}

/** There the result was (x - mean) / (std + epsilon); ours is (x - mean) / sqrt(variance + epsilon). */
function squareDeviation(
  layer: LayerConfig,
  stored: ReadonlyMap<string, WeightRef>,
): ReadonlyMap<string, WeightRef> {
  const { epsilon: stated } = layer.config;
  const epsilon = typeof stated === "number" ? stated : 1e-6;
  const deviation = stored.get("moving_variance");
  if (deviation === undefined) return stored;
  const variance = mapWeight(`variance[${epsilon}]`, [deviation], deviation.shape, (values) =>
    (values ?? new Float64Array()).map((value) => (value + epsilon) ** 2 - epsilon),
  );
  return new Map([...stored, ["moving_variance", variance] as const]);
}

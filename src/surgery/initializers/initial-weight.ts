import type { WeightRef } from "../../ir/tensor.ts";
import { isJsonList, isJsonObject, type Json } from "../../json.ts";
import type { Dialect } from "../../sources/keras/layer-spec.ts";
import type { LayerConfig } from "../../sources/keras/topology.ts";
import { concatWeights } from "../../weights/concat.ts";
import { drawWeight } from "./draw-weight.ts";
import { parseInitializer } from "./parse-initializer.ts";
import { type WeightOwner, weightOwner } from "./weight-owner.ts";

/** One weight of one layer that begins anew. */
export interface WeightPlace {
  readonly layer: LayerConfig;
  readonly role: string;
  readonly shape: readonly number[];
}

/** How a weight begins, by its layer's config or as Keras has it where that does not say. */
export function initialWeight(
  { layer, role, shape }: WeightPlace,
  { dialect, seed }: { readonly dialect: Dialect; readonly seed: number },
): WeightRef {
  const owner = weightOwner(layer, role, dialect);
  const last = role.slice(role.lastIndexOf("/") + 1);
  const at = { layer: layer.path, className: layer.fileClass };
  const stated = statedInitializer(owner, last, dialect);
  const parts = gateParts(owner, last, shape, dialect);
  const refs = parts.map(({ size, initializer = stated }, index) => {
    const partShape = [...shape.slice(0, -1), size];
    const distribution = parseInitializer(initializer, { shape: partShape, dialect, at });
    const suffix = parts.length === 1 ? "" : `/${index}`;
    return drawWeight(partShape, distribution, { seed, name: `${layer.path}/${role}${suffix}` });
  });
  const [only] = refs;
  return refs.length === 1 && only !== undefined ? only : concatWeights(refs, shape.length - 1);
}

/** Whether a weight holds what was measured on data beforehand, which no initializer can give. */
export function isMeasured(layer: LayerConfig): boolean {
  return layer.className === "Normalization";
}

/** A part of a weight along its last axis, where gates begin apart. */
interface GatePart {
  readonly size: number;
  /** Left out: that of the weight. */
  readonly initializer?: Json;
}

/**
 * The forget gate of an LSTM may begin at 1; Keras 1 makes the kernel of each gate by itself.
 *
 * @see keras/layers/recurrent.py (2.2.4) `LSTMCell.build`, (1.2.2) `LSTM.build`
 */
function gateParts(
  { className, config }: WeightOwner,
  last: string,
  shape: readonly number[],
  { generation }: Dialect,
): readonly GatePart[] {
  const columns = shape.at(-1) ?? 0;
  const gates = LSTM.test(className) ? 4 : GRU.test(className) ? 3 : 1;
  const size = columns / gates;
  const forget = config.unit_forget_bias ?? true;
  if (gates === 4 && last === "bias" && shape.length === 1 && forget !== false) {
    // Keras 1 has the name of an initializer there.
    const initializer = typeof forget === "string" ? forget : "ones";
    return [{ size }, { size, initializer }, { size: 2 * size }];
  }
  if (generation !== 1 || gates === 1) return [{ size: columns }];
  return Array.from({ length: gates }, () => ({ size }));
}

const LSTM = /^(CuDNN|Conv)?LSTM(\dD)?(Cell)?(V2)?$/;
const GRU = /^(CuDNN)?GRU(Cell)?(V2)?$/;

function statedInitializer(owner: WeightOwner, last: string, dialect: Dialect): Json {
  const { className, config } = owner;
  const fixed = FIXED.get(`${className}.${last}`);
  if (fixed !== undefined) return fixed;
  if (className === "LayerScale") {
    return { class_name: "Constant", config: { value: config.init_values ?? 1 } };
  }
  const keys = [initializerKey(className, last)];
  if (dialect.generation === 1) {
    keys.push(`${last}_init`, ...(INIT_ALONE.has(last) ? ["kernel_initializer"] : []));
  }
  for (const key of keys) {
    const stated = config[key] ?? null;
    // Keras 1 lets initial weights be given by number, which its configs leave out.
    if (typeof stated === "string" || isJsonObject(stated)) return stated;
    if (isJsonList(stated)) return stated;
  }
  return DEFAULTS.get(last) ?? "zeros";
}

/** Keras 3 calls the kernel of a depthwise layer `kernel`, but not its initializer. */
function initializerKey(className: string, last: string): string {
  if (last === "kernel" && className.startsWith("Depthwise")) return "depthwise_initializer";
  const prefixed = ["depthwise", "pointwise", "recurrent"].find(
    (name) => last === `${name}_kernel`,
  );
  return `${prefixed ?? last}_initializer`;
}

/** Weights that Keras 1 starts by `init`, which is the kernel's elsewhere. */
const INIT_ALONE: ReadonlySet<string> = new Set([
  "embeddings",
  "alpha",
  "depthwise_kernel",
  "pointwise_kernel",
]);

/** Weights without an initializer in the config. */
const FIXED: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["RMSNormalization.scale", "ones"],
  ["Attention.scale", "ones"],
  ["Attention.concat_score_weight", "ones"],
  ["AdditiveAttention.scale", "glorot_uniform"],
  ["SpectralNormalization.vector_u", { class_name: "TruncatedNormal", config: { stddev: 0.02 } }],
  ["Normalization.variance", "ones"],
]);

/** Keras' own, where a config leaves them out. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ["kernel", "glorot_uniform"],
  ["depthwise_kernel", "glorot_uniform"],
  ["pointwise_kernel", "glorot_uniform"],
  ["recurrent_kernel", "orthogonal"],
  ["embeddings", "uniform"],
  ["gamma", "ones"],
  ["scale", "ones"],
  ["moving_variance", "ones"],
]);

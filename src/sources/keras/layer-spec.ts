import type { Diagnostics } from "../../errors.ts";
import type { GraphBuilder } from "../../ir/build.ts";
import type { Origin, ValueId } from "../../ir/graph.ts";
import type { Op } from "../../ir/ops/index.ts";
import type { Dim, WeightRef } from "../../ir/tensor.ts";
import type { Json } from "../../json.ts";
import type { ConfigReader } from "./config.ts";

/**
 * Which Keras wrote the file, where the same words mean different things: 1 (Keras 1.x), 2 (Keras 2.0–2.3 and
 * tf.keras of TF 1), "tf" (tf.keras 2.0–2.15 of TF 2, tf_keras), 3 (Keras 3).
 */
export type Generation = 1 | 2 | "tf" | 3;

/** Facts about the file that layers need. */
export interface Dialect {
  readonly generation: Generation;
  /** For example `2.1.3`; empty when unknown. */
  readonly version: string;
  /** `tensorflow`, `theano`, `cntk`, `jax`, `torch`; empty when unknown. */
  readonly backend: string;
}

/** One weight a layer owns, in the order of Keras' tables (trainable first when all are trainable). */
export interface WeightSlot {
  /** Name as Keras spells it: `kernel`, `bias`, `gamma`, `depthwise_kernel`, `forward/kernel`. */
  readonly role: string;
  /** Kept out of training whatever the layer's flag says (moving statistics). */
  readonly nonTrainable?: true;
}

/** One argument of a call: a value, or a literal where Keras 3 operations or TFOpLambda have one. */
export type CallArgument = { readonly value: ValueId } | { readonly literal: Json };

/** Everything a layer spec sees of one call of one layer. Config keys are in Keras 2 spelling. */
export interface LayerCall {
  readonly className: string;
  readonly config: ConfigReader;
  readonly dialect: Dialect;
  /**
   * Values passed in, in order: positional ones, then those given by keyword (masks apart). Merge layers get all
   * their inputs here.
   */
  readonly inputs: readonly ValueId[];
  /** Positional arguments as the file has them, lists of values laid flat; for layers called with literals. */
  readonly args: readonly CallArgument[];
  /** Keyword arguments that are literals. */
  readonly kwargs: ConfigReader;
  /** Keyword arguments that are values (`initial_state`, `value`, `attention_mask`), by keyword. */
  readonly keywordInputs: ReadonlyMap<string, readonly ValueId[]>;
  /** Keras mask of each input: a boolean value `(batch, time)`, or undefined. */
  readonly masks: readonly (ValueId | undefined)[];
  readonly origin: Origin;
  readonly build: GraphBuilder;
  readonly log: Diagnostics;
  /** Shape of an input, batch included. */
  shapeOf(value: ValueId): readonly Dim[];
  /** Shorthand for `build.add(op, inputs, origin)[0]`. */
  emit(op: Op, ...inputs: readonly ValueId[]): ValueId;
  /** A weight by role. Throws `bad-weights` when it is missing or not of this shape. */
  weight(role: string, shape: readonly number[]): WeightRef;
  /** The same for a weight that `slots` declares only under some configs; undefined when not declared. */
  optionalWeight(role: string, shape: readonly number[]): WeightRef | undefined;
  /** Shape of a stored weight, for layers whose config does not tell (bias of GRU). Undefined when absent. */
  storedShape(role: string): readonly number[] | undefined;
  /**
   * Lowers the layer or model that stands serialised under a config key (`layer` of `TimeDistributed`) and whose weights
   * carry the role prefix `prefix/`. With `build`, its nodes and shapes go through that builder, which may
   * rewrite them (`TimeDistributed` gives every op a time axis); else through this call's.
   */
  wrapped(
    key: string,
    prefix: string,
    inputs: readonly ValueId[],
    masks?: readonly (ValueId | undefined)[],
    build?: GraphBuilder,
  ): readonly ValueId[];
  /** Throws `unsupported`, naming the layer. */
  refuse(reason: string, hint?: string): never;
}

/** What a call yields: its values, and the mask that travels with each (undefined: none). */
export interface LayerResult {
  readonly outputs: readonly ValueId[];
  /** Left out: the layer has one output and passes on the mask of its first input. */
  readonly masks?: readonly (ValueId | undefined)[];
  /** Values that lose their mask for all layers after this one (a side effect of Keras 3's MultiHeadAttention). */
  readonly unmasked?: readonly ValueId[];
}

/**
 * One Keras class, or several that mean the same. Users write these too: a module for `--custom FILE.mjs` exports a list of
 * them as `layers` (or as its default), and the API takes them as `customLayers`. They come before the built-in ones of
 * the same name.
 *
 * `slots` says which weights the layer owns, in file order; `lower` reads the config and emits ops.
 *
 * @example
 * ```js
 * // A layer that multiplies each channel by a learnt factor and then adds a constant of its config.
 * export const layers = [
 *   {
 *     classNames: ["ScaleShift"],
 *     slots: () => [{ role: "factor" }],
 *     lower(call) {
 *       const [input] = call.inputs;
 *       const channels = call.shapeOf(input).at(-1);
 *       const scale = call.weight("factor", [channels]);
 *       const scaled = call.emit({ kind: "affine", weights: { scale } }, input);
 *       const shift = call.config.number("shift", 0);
 *       const offset = {
 *         id: `${call.origin.layer}/shift`,
 *         dtype: "float32",
 *         shape: [1],
 *         readInto: (target) => target.fill(shift),
 *       };
 *       const outputs = [call.emit({ kind: "affine", weights: { offset } }, scaled)];
 *       return { outputs };
 *     },
 *   },
 *   // A Lambda is named by its class: this one stands for every Lambda of the model.
 *   {
 *     classNames: ["Lambda"],
 *     lower: (call) => ({
 *       outputs: [call.emit({ kind: "unary", fn: "abs", weights: {} }, call.inputs[0])],
 *     }),
 *   },
 * ];
 * ```
 */
export interface LayerSpec {
  readonly classNames: readonly string[];
  /** Weights in file order, from the config alone. Left out: none. Undefined: the config does not tell, and the layer takes what the file holds. */
  slots?(config: ConfigReader, dialect: Dialect): readonly WeightSlot[] | undefined;
  lower(call: LayerCall): LayerResult;
}

import type { Json, JsonObject } from "../../json.ts";

/** One tensor inside a model: output `tensor` of call `call` of a layer, all counted from 0. */
export interface TensorAddress {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
}

/** One positional argument of a call. */
export type Argument =
  /** `key`: under which it stands when the layer was called with a dict. */
  | { readonly kind: "tensor"; readonly address: TensorAddress; readonly key?: string }
  | { readonly kind: "literal"; readonly value: Json };

/** One call of a layer. */
export interface CallConfig {
  /** Lists of tensors are laid flat. */
  readonly args: readonly Argument[];
  /** Tensors given by keyword. */
  readonly keywords: ReadonlyMap<string, readonly TensorAddress[]>;
  /** Literals given by keyword. */
  readonly kwargs: JsonObject;
}

/** One layer of a model, or one that a wrapper holds. */
export interface LayerConfig {
  readonly name: string;
  /** The names of the models around it, and its own: `outer/inner`. */
  readonly path: string;
  /** As the file spells it, without a package prefix. */
  readonly fileClass: string;
  /** In Keras 2 spelling. */
  readonly className: string;
  /** The config verbatim. */
  readonly json: JsonObject;
  /** The config in Keras 2 spelling. */
  readonly config: JsonObject;
  /** Its own flag and those of all models around it. */
  readonly trainable: boolean;
  /** Its own flag alone. */
  readonly ownTrainable: boolean;
  readonly calls: readonly CallConfig[];
  /** Set when the layer is a model itself. */
  readonly model?: ModelConfig;
  /** The layer or model that a wrapper holds under its key `layer`. */
  readonly wrapped?: LayerConfig;
}

/** A model of any kind as a graph of layer calls. A Sequential is a chain of them. */
export interface ModelConfig {
  readonly name: string;
  readonly className: string;
  readonly kind: "sequential" | "functional";
  /** In the order of the file; every input is a layer of class `InputLayer`. */
  readonly layers: readonly LayerConfig[];
  readonly inputs: readonly TensorAddress[];
  /** What a dict of inputs would call them: their keys in the file, else the names of their layers. */
  readonly inputKeys: readonly string[];
  readonly outputs: readonly TensorAddress[];
}

/** The layer inside all wrappers, whose weights a wrapper holds; the layer itself when it wraps nothing. */
export function innermost(layer: LayerConfig): LayerConfig {
  return layer.wrapped === undefined ? layer : innermost(layer.wrapped);
}

/** All layers of a model, those of nested models and wrapped ones after what holds them. */
export function allLayers(model: ModelConfig): readonly LayerConfig[] {
  const within = (layer: LayerConfig): readonly LayerConfig[] => [
    layer,
    ...(layer.model === undefined ? [] : allLayers(layer.model)),
    ...(layer.wrapped === undefined ? [] : within(layer.wrapped)),
  ];
  return model.layers.flatMap(within);
}

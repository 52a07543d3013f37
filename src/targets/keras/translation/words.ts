import type { Diagnostics } from "../../../errors.ts";
import type { Dim } from "../../../ir/tensor.ts";
import type { JsonObject } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import type { SpecTable } from "../../../sources/keras/slots.ts";
import type {
  CallConfig,
  LayerConfig,
  ModelConfig,
  TensorAddress,
} from "../../../sources/keras/topology.ts";
import type { WordedModel } from "./worded-model.ts";

/** How a generation of Keras says what models are. */
export interface Words {
  /** Of the files that are written. */
  readonly dialect: Dialect;
  /** For messages: `Keras 3`. */
  readonly title: string;
  /** Whether names with slashes are refused. */
  readonly plainNames: boolean;
  /** Of the weights of gates whose `hard_sigmoid` is that of another generation. */
  readonly steepness: number;
  /** Set where models of the same generation keep the words of their layers. */
  readonly verbatim?: true;
  /** A layer (class and config in Keras 2 spelling) in these words; logs what cannot be said. */
  translateLayer(className: string, config: JsonObject, facts: LayerFacts): TranslatedLayer;
  /** An operation that stands between layers; undefined for layers, and where these words have none. */
  operation?(layer: LayerConfig, from: Dialect): Operation | undefined;
  /** What every layer's config has beside its arguments; `like` is that of the layer beside it. */
  common(name: string, like: JsonObject): JsonObject;
  /** Logs what cannot be said of the model as a whole. */
  judge?(model: ModelConfig, specs: SpecTable, log: Diagnostics, from: Dialect): void;
  /** A model's class and config. */
  serialise(model: WordedModel, shapeOf: ShapeOf): JsonObject;
  /** Loss, metrics and optimizer; undefined where a part of it does not exist. */
  training(stated: JsonObject, outputs: readonly string[], from: Dialect): JsonObject | undefined;
}

/** The shape of a tensor of one model, whose path is given; undefined where it is not known. */
export type ShapeOf = (model: string, address: TensorAddress) => readonly Dim[] | undefined;

/** What translating a layer needs to know beside its config. */
export interface LayerFacts {
  readonly name: string;
  readonly path: string;
  readonly fileClass: string;
  /** Of the layer and all models around it. */
  readonly trainable: boolean;
  /** Of the file. */
  readonly dialect: Dialect;
  readonly log: Diagnostics;
  /** What stands before the roles of its weights: `forward/` of what a Bidirectional holds. */
  readonly prefixes: readonly string[];
  /** Gates whose weights are to be scaled are noted here. */
  readonly steeper: SteeperGates[];
  /** Shape of a stored weight by role; undefined where there is none. */
  weightShape(role: string): readonly number[] | undefined;
}

/** An operation in new words: its arguments stand as they are. */
export interface Operation {
  readonly className: string;
  /** Where it is defined. */
  readonly module: string;
  readonly config: JsonObject;
  readonly calls: readonly CallConfig[];
}

/** A layer's config in new words. */
export interface TranslatedLayer {
  readonly className: string;
  readonly config: JsonObject;
  /** Zeros to add before it, as Theano pads: a layer of this class and config. */
  readonly before?: Step;
  /** Layers behind it that say its activation. */
  readonly after?: readonly Step[];
  /** Set where other words than before say the same. */
  readonly reworded?: true;
}

/** Gates, of how many, whose sigmoid is another one now: their weights are scaled. */
export interface SteeperGates {
  /** Before the roles of the weights. */
  readonly prefix: string;
  readonly gates: readonly number[];
  readonly of: number;
}

/** A layer that is put beside another. */
export interface Step {
  readonly suffix: string;
  readonly className: string;
  readonly config: JsonObject;
}

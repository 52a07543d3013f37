import type { JsonObject } from "../json.ts";
import type { Dim, DType } from "./tensor.ts";

/** The three tables that Keras has printed: stand-alone Keras to 2.3, tf.keras 2, Keras 3. */
export type SummaryStyle = "keras2" | "tfkeras2" | "keras3";

/**
 * A model as its author wrote it: layers and how they are called, where a graph has mathematical steps. Plain data.
 */
export interface ModelSummary {
  readonly name: string;
  readonly className: string;
  /** The table that the program which wrote the file prints. */
  readonly style: SummaryStyle;
  /** A Sequential is a list of layers whatever its layers are. */
  readonly sequential: boolean;
  /** In the order of the file, inputs included. */
  readonly layers: readonly LayerSummary[];
  /** Which tensors are its results, in order; left out where it is not known. */
  readonly results?: readonly SummaryTensor[];
  /** State of the optimizer, when the file holds it. */
  readonly optimizer?: { readonly count: number; readonly bytes: number };
}

/** One layer, or a whole model that stands as a layer. */
export interface LayerSummary {
  readonly name: string;
  /** With the names of the models around: `outer/inner`. */
  readonly path: string;
  readonly className: string;
  /** Its own flag, whatever the models around it say. */
  readonly trainable: boolean;
  /** Its weights and those of the layers in it. A shared array has one id wherever it stands. */
  readonly weights: readonly WeightSummary[];
  /** One for each place where it is used; an input has one without inputs. */
  readonly calls: readonly CallSummary[];
  /** What the file says about the layer, verbatim; left out where it says nothing. */
  readonly config?: JsonObject;
  readonly model?: InnerModel;
}

/** One use of a layer. */
export interface CallSummary {
  readonly inputs: readonly SummaryTensor[];
  /** One for each output; undefined where it is not known. */
  readonly outputs: readonly SummaryShape[];
}

/** A shape, or undefined where it cannot be known. */
export type SummaryShape = readonly Dim[] | undefined;

/** Output `tensor` of call `call` of a layer, counted from 0. */
export interface SummaryTensor {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
}

/** What a model that stands as a layer is by itself, without the model around it. */
export interface InnerModel {
  readonly sequential: boolean;
  /** Whether it states its own input shapes; if not, it took shape when it was first called. */
  readonly built: boolean;
  readonly layers: readonly LayerSummary[];
  /** Its own inputs in the order in which a call gives them; left out where it is not known. */
  readonly inputs?: readonly SummaryTensor[];
  /** Which of its tensors are its results, in order; left out where it is not known. */
  readonly results?: readonly SummaryTensor[];
  /** Shapes of its outputs for its own inputs. */
  readonly outputs: readonly SummaryShape[];
}

/** One array. */
export interface WeightSummary {
  readonly id: string;
  readonly count: number;
  readonly dtype: DType;
  /** What it takes in memory when Keras has loaded it. */
  readonly bytes: number;
  readonly trainable: boolean;
  /** What it is to its layer: `kernel`, `bias`; left out where it has no name. */
  readonly role?: string;
  /** Left out where it is not known. */
  readonly shape?: readonly number[];
}

/** Number and size of arrays. */
export interface WeightTotals {
  readonly count: number;
  readonly bytes: number;
}

/** Every array of some layers once. */
export function uniqueWeights(layers: readonly LayerSummary[]): readonly WeightSummary[] {
  const all = layers.flatMap((layer) => layer.weights);
  return [...new Map(all.map((weight) => [weight.id, weight])).values()];
}

/** Elements and bytes of arrays together. */
export function totalOf(weights: readonly WeightSummary[]): WeightTotals {
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    count: sum(weights.map((weight) => weight.count)),
    bytes: sum(weights.map((weight) => weight.bytes)),
  };
}

/** The layers that Keras lists: a Sequential hides its inputs. */
export function listedLayers(model: {
  readonly sequential: boolean;
  readonly layers: readonly LayerSummary[];
}): readonly LayerSummary[] {
  if (!model.sequential) return model.layers;
  return model.layers.filter((layer) => layer.className !== "InputLayer");
}

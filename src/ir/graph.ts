import type { Diagnostic } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { Op } from "./ops/index.ts";
import type { TensorType, WeightRef } from "./tensor.ts";

/** Name of one value (a tensor flowing through the graph), unique in its graph. */
export type ValueId = string;

/** Which layer of the user's model a node came from. Errors name it, writers give it back. */
export interface Origin {
  /** Layer name; layers of nested models as `outer/inner`. */
  readonly layer: string;
  /** Class name as the file spells it. */
  readonly className: string;
  /** The layer's configuration, verbatim. */
  readonly config: JsonObject;
  /** Which call of a shared layer this is, from 0. */
  readonly call: number;
  /** Whether Keras would train this layer: its own flag and those of all models around it. */
  readonly trainable: boolean;
}

/** One mathematical step. */
export interface Node<O extends Op = Op> {
  /** Unique in the graph. */
  readonly id: string;
  readonly op: O;
  readonly origin: Origin;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

/** A model input: its name in Keras and the value that carries it. */
export interface GraphPort {
  /** Keras layer name of the input, or of the layer that makes the output. */
  readonly name: string;
  readonly value: ValueId;
}

/**
 * A whole model, frozen. Nodes stand in an order in which they can run, which is the order of the
 * layers in the file wherever that is possible. Equal files give equal graphs.
 */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
  readonly nodes: readonly Node[];
  /** Type of every value, graph inputs included. */
  readonly types: ReadonlyMap<ValueId, TensorType>;
  /** What the file says about its writer; passes keep it. */
  readonly source: GraphSource;
  /** How the file was being trained, if it says. */
  readonly training?: TrainingSetup;
  /** What regularizers add to the loss; left out where it is nothing. */
  readonly penalties?: LossPenalties;
  /** What trained weights are held to; left out where it is nothing. */
  readonly constraints?: WeightConstraints;
}

/** What regularizers add to the loss of a model. */
export interface LossPenalties {
  readonly weights: readonly WeightPenalty[];
  /** Of outputs of layers. */
  readonly activities: readonly ActivityPenalty[];
  /** Values with one number for each sample, which take the place of `activities` once these are nodes of the graph. */
  readonly sums?: readonly ValueId[];
  /** Regularizers whose numbers are not known. */
  readonly others: readonly Diagnostic[];
}

/** What an output of a layer adds to the loss of each sample: `l1 * Σ|x| + l2 * Σx²` over its numbers. */
export interface ActivityPenalty {
  /** The layer's path. */
  readonly layer: string;
  readonly value: ValueId;
  readonly l1: number;
  readonly l2: number;
  /** How many axes behind the first count as samples too, so that their mean is taken. */
  readonly steps: number;
}

/** What one array adds to the loss: `l1 * Σ|w| + l2 * Σw²`, and what it adds for not being orthogonal. */
export interface WeightPenalty {
  /** The layer's path. */
  readonly layer: string;
  readonly weight: WeightRef;
  readonly l1: number;
  readonly l2: number;
  readonly orthogonal?: OrthogonalPenalty;
}

/** What a matrix adds: `factor` times the mean of the absolute cosines between all pairs of its rows or columns. */
export interface OrthogonalPenalty {
  readonly factor: number;
  readonly of: "rows" | "columns";
  /** Of the matrix as it is stored. */
  readonly shape: readonly [number, number];
}

/** What the weights of a model are brought back to after each step of a training. */
export interface WeightConstraints {
  readonly weights: readonly WeightConstraint[];
  /** Constraints that are not known. */
  readonly others: readonly Diagnostic[];
}

/** What one array is brought back to. */
export interface WeightConstraint {
  /** The layer's path. */
  readonly layer: string;
  readonly weight: WeightRef;
  readonly rule: ConstraintRule;
}

/**
 * - `non-negative`: what is below 0 becomes 0.
 * - `norm`: over these axes the weights have a norm between `least` and `most`; `rate` says how far one that is beyond goes there.
 */
export type ConstraintRule =
  | { readonly kind: "non-negative" }
  | {
      readonly kind: "norm";
      readonly least: number;
      readonly most: number;
      readonly rate: number;
      readonly axes: readonly number[];
    };

/** What is measured beside the loss. */
export interface MetricsSetup {
  readonly metrics: readonly string[];
  /** Which of them belong to each output, where there are several; else all of them to each. */
  readonly metricsByOutput?: readonly (readonly string[])[];
  /** Of those metrics that are more than a name. */
  readonly metricSettings?: readonly MetricSettings[];
}

/** Loss and optimizer of a compiled model, in neutral words; numbers as the file has them. */
export interface TrainingSetup extends MetricsSetup {
  /** Keras' snake-case name (`categorical_crossentropy`), one per output. */
  readonly losses: readonly string[];
  /** One per output; left out where all have Keras' defaults. */
  readonly lossSettings?: readonly LossSettings[];
  /** Others that go by the weights of samples. */
  readonly weightedMetrics?: MetricsSetup;
  /** What each loss counts in the sum; left out where all count 1. */
  readonly lossWeights?: readonly number[];
  readonly optimizer: {
    /** Lower case: `sgd`, `adam`, `rmsprop`, … */
    readonly name: string;
    /** Keras 3 spelling: learning_rate, momentum, beta_1, epsilon, …; absent keys are Keras' defaults. */
    readonly config: JsonObject;
  };
}

/** What a metric was made with. */
export interface MetricSettings {
  /** One of the metrics. */
  readonly name: string;
  /** Keras' snake-case name of its class or function: `precision`, `categorical_accuracy`. */
  readonly kind: string;
  /** Keras' own: `thresholds`, `top_k`, `class_id`, … */
  readonly config: JsonObject;
}

/** What a loss was made with. */
export interface LossSettings {
  /** Whether the outputs are logits instead of probabilities; false by default. */
  readonly fromLogits: boolean;
  /** How much of each target goes to all classes alike; 0 by default. */
  readonly labelSmoothing: number;
  /** Other numbers, as Keras calls them: `delta`, `gamma`, `alpha`, `beta`, `q`. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** The `alpha` of a focal loss for each class. */
  readonly alphas?: readonly number[];
  /** Whether a binary focal loss weighs positives by its `alpha`, negatives by the rest; by default not. */
  readonly classBalancing?: boolean;
  /** The axes that become one number; by default the last, of overlaps (dice, tversky) all. */
  readonly axes?: readonly number[];
  /** A class number that does not count. */
  readonly ignoreClass?: number;
  /** What becomes of the losses of a batch, in Keras' word; by default their mean. */
  readonly reduction?: "sum" | "mean_with_sample_weight" | "none";
}

/** The file a graph was read from: its format and writer. */
export interface GraphSource {
  /** `keras`, `coreml`, … */
  readonly format: string;
  /** For example `2.2.4`; empty when the file does not say. */
  readonly version: string;
  readonly backend: string;
}

import type { TrainingSetup } from "../ir/graph.ts";
import type { Dim, WeightRef } from "../ir/tensor.ts";
import type { Json, JsonObject } from "../json.ts";

/** One of two model files, as far as both are compared. */
export interface DiffSide {
  /** What the file says of its writer: `Keras 2.2.4 on tensorflow, legacy HDF5`. */
  readonly writer: string;
  /** Layers that compute, in the order of the file; of a file without an architecture its groups of arrays. */
  readonly layers: readonly DiffLayer[];
  /** Whether the layers are known, not only their arrays. */
  readonly architecture: boolean;
  readonly inputs: readonly DiffPort[];
  readonly outputs: readonly DiffPort[];
  readonly training?: TrainingSetup;
  /** Arrays of the optimizer's state. */
  readonly optimizer: readonly DiffWeight[];
  /** What the layers say of pictures; undefined when nothing can be said. */
  readonly preprocessing?: string;
  /** What a Core ML file says beside its layers: labels, pictures, texts. Keras files say nothing of it. */
  readonly said?: Readonly<Record<string, Json>>;
}

/** One layer. */
export interface DiffLayer {
  /** Layers of nested models as `outer/inner`. */
  readonly name: string;
  readonly className: string;
  /** Whether Keras would train it: its own flag and those of all models around it. */
  readonly trainable: boolean;
  /** In the spelling that all generations share. */
  readonly config: JsonObject;
  /** What it computes in this program's words, without its weights; undefined when it is not known. */
  readonly computes?: readonly JsonObject[];
  /** Names of the layers that feed it, call by call. */
  readonly inputs: readonly string[];
  readonly weights: readonly DiffWeight[];
}

/** One array of numbers. */
export interface DiffWeight {
  /** `kernel` */
  readonly role: string;
  readonly ref: Pick<WeightRef, "shape" | "dtype" | "readInto">;
  /** Computed from what the file has, so that the last digits may differ. */
  readonly computed?: boolean;
  /** Of each number, where it is quantised. */
  readonly bits?: number;
}

/** An input or output of the model. */
export interface DiffPort {
  readonly name: string;
  readonly shape: readonly Dim[];
}

import type { Diagnostic } from "../errors.ts";
import type { TrainingSetup } from "../ir/graph.ts";
import type { Dim } from "../ir/tensor.ts";

/** What a file is and holds, as plain data: `kc inspect --json` prints exactly this. */
export interface Inspection {
  readonly file: string;
  readonly bytes: number;
  readonly container: ContainerFacts;
  /** Left out when no Keras model can be read; `problems` says why. */
  readonly keras?: ModelFacts;
  readonly inputs: readonly PortFacts[];
  readonly outputs: readonly PortFacts[];
  /** What the layers say about the pictures that the model wants. */
  readonly preprocessing?: { readonly preset: string; readonly why: string };
  /** Arrays in the order of the file, the optimizer's state too. */
  readonly arrays: readonly ArrayFacts[];
  readonly problems: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  readonly tree?: readonly TreeLine[];
}

/** The outermost format. */
export type ContainerFacts =
  | { readonly kind: "HDF5"; readonly superblock: number; readonly userBlock: number }
  | {
      readonly kind: "zip";
      /** The version of Keras that its metadata states. */
      readonly keras?: string;
      readonly members: readonly MemberFacts[];
    }
  | {
      readonly kind: "ONNX";
      readonly irVersion: number;
      /** `ai.onnx 13` for each domain. */
      readonly opsets: readonly string[];
      readonly writer: string;
      /** How often each operator occurs, the most frequent first. */
      readonly operators: readonly (readonly [operator: string, count: number])[];
      readonly metadata: readonly (readonly [key: string, value: string])[];
      /** That hold numbers of arrays. */
      readonly files: readonly string[];
    }
  | {
      readonly kind: "TensorFlow.js";
      readonly format: "layers-model" | "graph-model";
      /** `generatedBy` and `convertedBy`, where the file says. */
      readonly writer: readonly string[];
      /** Of weights, beside `model.json`. */
      readonly files: readonly string[];
    };

/** One member of a zip file. */
export interface MemberFacts {
  readonly name: string;
  readonly bytes: number;
  readonly packedBytes: number;
}

/** What Keras wrote about the model. */
export interface ModelFacts {
  readonly form: string;
  readonly version: string;
  readonly backend: string;
  readonly name: string;
  readonly class: string;
  readonly layers: number;
  readonly classes: readonly (readonly [className: string, count: number])[];
  readonly training?: TrainingSetup;
  /** The optimizer's state: how many arrays, numbers and bytes. */
  readonly optimizer?: {
    readonly arrays: number;
    readonly count: number;
    readonly bytes: number;
    /** Steps that it has made, when the file says. */
    readonly iterations: number | null;
  };
}

/** An input or output. */
export interface PortFacts {
  readonly name: string;
  readonly shape: readonly Dim[];
  readonly dtype: string;
}

/** One stored array, with statistics of its finite numbers; they are null when it holds none. */
export interface ArrayFacts {
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How it lies in the file: `contiguous`, `chunked gzip`, … */
  readonly storage: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly std: number | null;
  readonly zeros: number;
  readonly nans: number;
  readonly infinities: number;
}

/** One line of the raw tree. */
export interface TreeLine {
  readonly depth: number;
  readonly name: string;
  readonly what: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

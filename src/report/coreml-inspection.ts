import type { Diagnostic } from "../errors.ts";
import type { ArrayFacts, TreeLine } from "./inspection.ts";

/** What a Core ML file is and holds, as plain data: `kc inspect --json` prints exactly this. */
export interface CoreMLInspection {
  readonly file: string;
  readonly bytes: number;
  readonly container: CoreMLContainer;
  readonly model: CoreMLFacts;
  /** Shown by Xcode; the writer's own entries too. */
  readonly metadata: readonly (readonly [key: string, value: string])[];
  readonly arrays: readonly ArrayFacts[];
  readonly warnings: readonly Diagnostic[];
  readonly tree?: readonly TreeLine[];
}

/** What lies around the model. */
export interface CoreMLContainer {
  readonly kind: "mlmodel" | "mlpackage";
  readonly zipped: boolean;
  /** Of the model within, for packages and zip files. */
  readonly path?: string;
}

/** One model: the whole, or a member of a pipeline. */
export interface CoreMLFacts {
  /** `neural network classifier`, `ML Program`, … */
  readonly kind: string;
  readonly specificationVersion: number;
  /** The oldest systems that run it, by that version. */
  readonly systems: string;
  /** Who wrote it, as far as the metadata say. */
  readonly writer?: string;
  readonly inputs: readonly FeatureFacts[];
  readonly outputs: readonly FeatureFacts[];
  readonly states: readonly FeatureFacts[];
  readonly preprocessing: readonly PreprocessingFacts[];
  readonly labels?: {
    readonly count: number;
    readonly type: "text" | "number";
    readonly first: readonly (string | number)[];
  };
  /** How often each kind of layer or operation occurs, the most frequent first. */
  readonly layers: readonly (readonly [kind: string, count: number])[];
  /** What can be trained on the device, and how. */
  readonly training?: { readonly layers: readonly string[]; readonly setup: readonly string[] };
  /** Functions of a program that has several. */
  readonly functions: readonly string[];
  readonly models: readonly CoreMLFacts[];
}

/** An input, output or state. */
export interface FeatureFacts {
  readonly name: string;
  /** `picture 224 × 224, RGB`, `array 3 × 224 × 224, float32` */
  readonly type: string;
  readonly optional: boolean;
  readonly description?: string;
}

/** What a network does to the pixels of an input. */
export interface PreprocessingFacts {
  readonly input: string;
  /** `pixel × 0.00784314 − 1` */
  readonly steps: string;
  /** The preset with the same numbers. */
  readonly preset?: string;
}

import type { Graph } from "../ir/graph.ts";

/** Programs that can run a model, in the words of `--backend`. */
export type BackendName = "onnx" | "tensorflow" | "webgpu" | "wasm" | "cpu";

/** Numbers with their shape: batch first, axes in Keras' order, whatever type the model computes in. */
export interface NumberTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A model that is ready to predict. */
export interface Predictor {
  readonly name: BackendName;
  /** Inputs by their names in Keras, all of one batch size; gives the outputs by theirs. */
  predict(inputs: ReadonlyMap<string, NumberTensor>): Promise<ReadonlyMap<string, NumberTensor>>;
  /** Frees its memory; it cannot predict any more. */
  dispose(): Promise<void>;
}

/** How a predictor is made. */
export interface PredictorOptions {
  /** Threads to compute with; else one for each core. */
  readonly threads?: number;
}

/** A backend that is installed and runs here. */
export interface LoadedBackend {
  /** Program, version and threads: `onnxruntime-node 1.30.0, 2 threads`. */
  readonly title: string;
  open(graph: Graph, options?: PredictorOptions): Promise<Predictor>;
}

/** A backend as it is known before anything of it is loaded. */
export interface BackendSpec {
  readonly name: BackendName;
  /** The program: `ONNX Runtime`. */
  readonly program: string;
  /** The command that installs what it needs; undefined where it is always there. */
  readonly install: string | undefined;
  /** Loads it. Throws `unsupported`, saying why it does not run here and what to do. */
  load(): Promise<LoadedBackend>;
}

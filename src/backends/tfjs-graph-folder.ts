import { loadGraphModel } from "@tensorflow/tfjs-converter";
import type { NumberTensor } from "./predictor.ts";
import { readTfjsFolder, runTensors } from "./tfjs-folder.ts";
import { WASM_BACKEND } from "./wasm.ts";

/** A model of TensorFlow.js that is loaded. */
export interface TfjsGraphModel {
  /** What runs it. */
  readonly title: string;
  /** Inputs and outputs in the model's order. */
  run(inputs: readonly NumberTensor[]): readonly NumberTensor[];
  dispose(): void;
}

/** Loads a graph model from its folder as tfjs does, to run it with WebAssembly. */
export async function openTfjsGraphFolder(folder: string): Promise<TfjsGraphModel> {
  const { title } = await WASM_BACKEND.load();
  const artifacts = await readTfjsFolder(folder);
  const model = await loadGraphModel({ load: () => Promise.resolve(artifacts) });
  return {
    title,
    run: (inputs) => runTensors(inputs, (given) => model.predict(given)),
    dispose: () => model.dispose(),
  };
}

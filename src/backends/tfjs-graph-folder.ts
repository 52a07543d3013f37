import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import { io, Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { fail } from "../errors.ts";
import type { NumberTensor } from "./predictor.ts";
import { WASM_BACKEND } from "./wasm.ts";

/** A graph model of TensorFlow.js that is loaded. */
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
  const json = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const artifacts = await io.getModelArtifactsForJSON(json, (manifest) => {
    const paths = manifest.flatMap((group) => group.paths);
    const bytes = Buffer.concat(paths.map((path) => readFileSync(join(folder, path))));
    const specs = manifest.flatMap((group) => group.weights);
    return Promise.resolve([specs, Uint8Array.from(bytes).buffer]);
  });
  const model = await loadGraphModel({ load: () => Promise.resolve(artifacts) });
  return {
    title,
    run(inputs) {
      return tidy(() => {
        const given = inputs.map(({ shape, data }) => tensor(data, [...shape], "float32"));
        const result = model.predict(given);
        const results = Array.isArray(result) ? result : [result];
        return results.map((one) => {
          if (!(one instanceof Tensor)) return fail("internal", "An output is no tensor.");
          return { shape: one.shape, data: Float32Array.from(one.dataSync()) };
        });
      });
    },
    dispose: () => model.dispose(),
  };
}

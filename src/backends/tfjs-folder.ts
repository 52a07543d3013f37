import { readFileSync } from "node:fs";
import { join } from "node:path";
import { io, Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { fail } from "../errors.ts";
import type { NumberTensor } from "./predictor.ts";

/** A model in a folder as tfjs itself loads it from there. @see tfjs-core `io.getModelArtifactsForJSON` */
export async function readTfjsFolder(folder: string): Promise<io.ModelArtifacts> {
  const json = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  return io.getModelArtifactsForJSON(json, (manifest) => {
    const paths = manifest.flatMap((group) => group.paths);
    const bytes = Buffer.concat(paths.map((path) => readFileSync(join(folder, path))));
    const specs = manifest.flatMap((group) => group.weights);
    return Promise.resolve([specs, Uint8Array.from(bytes).buffer]);
  });
}

/** Runs a function of tensors on numbers; all tensors are gone behind it. */
export function runTensors(
  inputs: readonly NumberTensor[],
  run: (given: Tensor[]) => unknown,
): readonly NumberTensor[] {
  return tidy(() => {
    const result = run(inputs.map(({ shape, data }) => tensor(data, [...shape], "float32")));
    const results: readonly unknown[] = Array.isArray(result) ? result : [result];
    return results.map((one) => {
      if (!(one instanceof Tensor)) return fail("internal", "An output is no tensor.");
      return { shape: one.shape, data: Float32Array.from(one.dataSync()) };
    });
  });
}

import { enableProdMode, setBackend, version_core } from "@tensorflow/tfjs-core";
import { fail } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";
import { throwIfRefused } from "../targets/tfjs/device-errors.ts";
import { buildTfjs } from "../targets/tfjs/index.ts";
import type { BackendName, LoadedBackend, Predictor } from "./predictor.ts";

/** Makes a backend of tfjs the active one, without its advice to the developer. Throws `unsupported` when it does not start. */
export async function startTfjs(name: BackendName): Promise<void> {
  enableProdMode();
  if (await setBackend(name)) return;
  fail("unsupported", `The backend ${name} of TensorFlow.js does not start here.`, {
    hint: "Another backend runs everywhere: --backend cpu",
  });
}

/** A backend of tfjs that has been started. */
export function tfjsBackend(name: BackendName, how: string): LoadedBackend {
  return {
    title: `tfjs ${version_core}, ${how}`,
    open: (graph) => openTfjsPredictor(name, graph),
  };
}

/** A predictor over the graph's own forwards; it owns the weights until it is disposed. */
export async function openTfjsPredictor(name: BackendName, graph: Graph): Promise<Predictor> {
  await startTfjs(name);
  throwIfRefused();
  const runnable = buildTfjs(graph);
  return {
    name,
    async predict(inputs) {
      // Another predictor may have made its own backend the active one.
      await setBackend(name);
      const results = runnable.start(inputs);
      try {
        const numbers = await Promise.all(results.map((result) => result.data()));
        throwIfRefused();
        return new Map(
          runnable.outputs.flatMap(({ name: output }, index) => {
            const [result, data] = [results[index], numbers[index]];
            if (result === undefined || data === undefined) return [];
            return [[output, { shape: result.shape, data: Float32Array.from(data) }] as const];
          }),
        );
      } finally {
        for (const result of results) result.dispose();
      }
    },
    async dispose() {
      runnable.dispose();
    },
  };
}

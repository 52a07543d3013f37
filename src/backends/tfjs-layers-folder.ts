import type { Graph } from "../ir/graph.ts";
import { readTfjsFolder, runTensors } from "./tfjs-folder.ts";
import type { TfjsGraphModel } from "./tfjs-graph-folder.ts";
import { WASM_BACKEND } from "./wasm.ts";

/**
 * Loads a layers model from its folder to run it with WebAssembly: by tfjs-layers where that is installed, else `reread` hands
 * over the graph that kc reads from the folder, and tfjs computes that.
 */
export async function openTfjsLayersFolder(
  folder: string,
  reread: <T>(use: (graph: Graph) => T) => T,
  library: typeof layersLibrary = layersLibrary,
): Promise<TfjsGraphModel> {
  const loaded = await WASM_BACKEND.load();
  const layers = await library();
  if (layers === undefined) {
    const { buildTfjs } = await import("../targets/tfjs/index.ts");
    const [runnable, names] = reread((graph) => [
      buildTfjs(graph),
      graph.inputs.map(({ name }) => name),
    ]);
    return {
      title: `${loaded.title}, layers read again by kc`,
      run: (inputs) => {
        const named = names.flatMap((name, index) => {
          const input = inputs[index];
          return input === undefined ? [] : [[name, input] as const];
        });
        return runTensors([], () => [...runnable.start(new Map(named))]);
      },
      dispose: () => runnable.dispose(),
    };
  }
  const artifacts = await readTfjsFolder(folder);
  const model = await layers.loadLayersModel({ load: () => Promise.resolve(artifacts) });
  return {
    title: `${loaded.title}, tfjs-layers ${layers.version_layers}`,
    run: (inputs) => runTensors(inputs, (given) => model.predict(given)),
    dispose: () => void model.dispose(),
  };
}

/** The library, where the user has it. */
async function layersLibrary(): Promise<typeof import("@tensorflow/tfjs-layers") | undefined> {
  try {
    return await import("@tensorflow/tfjs-layers");
  } catch {
    return undefined;
  }
}

import { BACKENDS, type BackendSpec, openBackend, type Predictor } from "../backends/index.ts";
import { KcError } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";

/** A model that is ready, and what runs it. */
export interface FastestPredictor {
  readonly predictor: Predictor;
  /** `onnx: onnxruntime-node 1.30.0, 2 threads` */
  readonly title: string;
  /** The command that installs what would be faster and is not there. */
  readonly install?: string;
}

/**
 * Opens a graph by the named backend, or with `auto` by the fastest one that runs here and knows all of its layers. Throws
 * `bad-option`, `unsupported`.
 */
export async function openFastest(
  graph: Graph,
  name: string,
  backends: readonly BackendSpec[] = BACKENDS,
): Promise<FastestPredictor> {
  let left = backends;
  let missing: string | undefined;
  for (;;) {
    const { spec, backend, install } = await openBackend(name, left);
    missing ??= install;
    left = left.slice(left.indexOf(spec) + 1);
    try {
      const predictor = await backend.open(graph);
      const title = `${spec.name}: ${backend.title}`;
      return { predictor, title, ...(missing === undefined ? {} : { install: missing }) };
    } catch (error) {
      const mayGoOn = name === "auto" && left.length > 0 && error instanceof KcError;
      if (!mayGoOn || !["unsupported", "limit"].includes(error.code)) throw error;
    }
  }
}

/**
 * Files for Node.
 * @module
 */
import { openFile } from "./io/node.ts";
import { type KerasHandler, type KerasHandlerOptions, kerasArtifacts } from "./keras-handler.ts";

export * from "./io/node.ts";

/**
 * Gives a Keras file to the user's own tfjs: `tf.loadLayersModel(kerasFile("model.hdf5"))`, or with `{ to: "graph" }` to
 * `tf.loadGraphModel`. The file is read while tfjs loads, and closed then.
 */
export function kerasFile(path: string, options: KerasHandlerOptions = {}): KerasHandler {
  return {
    load() {
      const source = openFile(path);
      return kerasArtifacts(source, options)
        .load()
        .finally(() => source.close());
    },
  };
}

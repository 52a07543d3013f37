import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import { type GraphNode, savedModel } from "../../../formats/tensorflow/saved-model.ts";
import { tensorAt } from "../forward.ts";
import type { NodeBackend } from "./node-backend.ts";
import type { Run } from "./part.ts";
import type { Source } from "./recorder.ts";

/** A graph that TensorFlow has made ready to run. */
export interface Session {
  /** Gives new tensors. */
  run(run: Run, feed: Feed): ReadonlyMap<Source, Tensor>;
  dispose(): void;
}

/** Finds the tensors that a graph is fed with. */
export type Feed = (source: Source) => Tensor | undefined;

let count = 0;

/** Hands a graph to TensorFlow. Throws `unsupported` where it does not take it. */
export function openSession(node: NodeBackend, nodes: readonly GraphNode[]): Session {
  // tfjs-node reads graphs from files only; this one is in TensorFlow's own memory.
  const folder = `ram://kc/${++count}`;
  write(node, folder, savedModel(nodes));
  let session: number;
  try {
    session = node.loadSavedModelMetaGraph(folder, "serve");
  } catch (cause) {
    return fail("unsupported", "TensorFlow does not take the graph of a training step.", { cause });
  } finally {
    write(node, folder, new Uint8Array(0));
  }
  return {
    run: ({ feeds, fetches }, feed) => {
      if (fetches.length === 0) return new Map();
      const inputs = feeds.map(
        ({ source }) => feed(source) ?? fail("internal", "A tensor is read before it is made."),
      );
      const results = node.runSavedModel(
        session,
        inputs,
        feeds.map(({ name }) => ({ name })),
        fetches.map(({ name }) => name),
      );
      return new Map(fetches.map(({ source }, index) => [source, tensorAt(results, index)]));
    },
    dispose: () => node.deleteSavedModel(session),
  };
}

function write(node: NodeBackend, folder: string, bytes: Uint8Array): void {
  const encoder = new TextEncoder();
  const path = encoder.encode(`${folder}/saved_model.pb`);
  const both = [path, bytes].map((one) => tensor([one], [], "string"));
  node.executeMultipleOutputs("WriteFile", [], both, 0);
  for (const one of both) one.dispose();
}

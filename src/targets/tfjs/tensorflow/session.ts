import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import { savedModel } from "../../../formats/tensorflow/saved-model.ts";
import { tensorAt } from "../forward.ts";
import type { NodeBackend } from "./node-backend.ts";
import type { Piece } from "./pieces.ts";
import type { Source } from "./recorder.ts";

/** A piece that TensorFlow has made ready to run. */
export interface Session {
  readonly piece: Piece;
  /** Gives new tensors, in the order of the piece's fetches. */
  run(feed: (source: Source) => Tensor): readonly Tensor[];
  dispose(): void;
}

let count = 0;

/** Hands a piece to TensorFlow. Throws `unsupported` where it does not take it. */
export function openSession(node: NodeBackend, piece: Piece): Session {
  // tfjs-node reads graphs from files only; this one is in TensorFlow's own memory.
  const folder = `ram://kc/${++count}`;
  write(node, folder, savedModel(piece.nodes));
  let session: number;
  try {
    session = node.loadSavedModelMetaGraph(folder, "serve");
  } catch (cause) {
    return fail("unsupported", "TensorFlow does not take the graph of a training step.", { cause });
  } finally {
    write(node, folder, new Uint8Array(0));
  }
  const names = piece.feeds.map(({ name }) => ({ name }));
  const wanted = piece.fetches.map(({ name }) => name);
  return {
    piece,
    run: (feed) => {
      const inputs = piece.feeds.map(({ source }) => feed(source));
      return node.runSavedModel(session, inputs, names, wanted);
    },
    dispose: () => node.deleteSavedModel(session),
  };
}

/**
 * Runs pieces one after the other. What they give goes into `values`, and what nobody reads any more is ended; what is not there is
 * looked for elsewhere.
 */
export function runSessions(
  sessions: readonly Session[],
  values: Map<Source, Tensor>,
  elsewhere: (source: Source) => Tensor | undefined,
): void {
  const feed = (source: Source): Tensor =>
    values.get(source) ??
    elsewhere(source) ??
    fail("internal", "A tensor is read before it is made.");
  for (const { piece, run } of sessions) {
    const results = piece.fetches.length === 0 ? [] : run(feed);
    piece.fetches.forEach(({ source }, index) => {
      values.set(source, tensorAt(results, index));
    });
    for (const source of piece.ends) {
      values.get(source)?.dispose();
      values.delete(source);
    }
  }
}

function write(node: NodeBackend, folder: string, bytes: Uint8Array): void {
  const encoder = new TextEncoder();
  const path = encoder.encode(`${folder}/saved_model.pb`);
  const both = [path, bytes].map((one) => tensor([one], [], "string"));
  node.executeMultipleOutputs("WriteFile", [], both, 0);
  for (const one of both) one.dispose();
}

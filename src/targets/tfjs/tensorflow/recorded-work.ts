import type { Tensor } from "@tensorflow/tfjs-core";
import { KcError } from "../../../errors.ts";
import { bordersOf } from "./borders.ts";
import { nodeBackend } from "./node-backend.ts";
import { cutPieces, type Piece } from "./pieces.ts";
import { Recorder, type Source } from "./recorder.ts";
import { type Feed, openSession, type Session } from "./session.ts";

/** Work that overwrites tensors, as graphs that TensorFlow knows as a whole. */
export interface RecordedWork {
  /** Does it with these tensors. */
  run(given: (source: Source) => Tensor | undefined): void;
  dispose(): void;
}

/**
 * Does work that overwrites what it is given, and writes it down. Undefined without tfjs-node, and for work that cannot be written
 * down; it is done in any case.
 */
export function recordWork(work: (recorder?: Recorder) => void): RecordedWork | undefined {
  const node = nodeBackend();
  if (node === undefined) {
    work();
    return undefined;
  }
  const recorder = new Recorder(node);
  const sessions: (readonly [Piece, Session])[] = [];
  const dispose = (): void => {
    for (const [, session] of sessions) session.dispose();
    recorder.dispose();
  };
  try {
    recorder.listen(() => work(recorder));
    const { operations, constants } = recorder;
    const writing = operations.filter(({ op }) => op === "InplaceUpdate");
    const goesOn = new Set(writing.map(({ inputs: [place] }) => place));
    const written = writing.flatMap(({ results }) => results);
    const wanted = new Set(written.filter((one) => !goesOn.has(one)));
    const borders = bordersOf(operations);
    for (const piece of cutPieces({ operations, borders, wanted })) {
      sessions.push([piece, openSession(node, piece.nodes)]);
    }
    const run: RecordedWork["run"] = (given) => {
      const values = new Map<Source, Tensor>();
      const feed: Feed = (source) => values.get(source) ?? given(source) ?? constants.get(source);
      for (const [piece, session] of sessions) {
        for (const [source, one] of session.run(piece, feed)) values.set(source, one);
        for (const source of piece.ends) {
          values.get(source)?.dispose();
          values.delete(source);
        }
      }
      for (const one of values.values()) one.dispose();
    };
    return { run, dispose };
  } catch (error) {
    dispose();
    if (error instanceof KcError && error.code === "unsupported") return undefined;
    throw error;
  }
}

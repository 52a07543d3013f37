import type { GraphNode } from "../../../formats/tensorflow/saved-model.ts";
import { endKept } from "./kept-tensors.ts";
import { type Part, partOf, type Run } from "./part.ts";
import type { RecordedOperation, Source } from "./recorder.ts";

/** The way there and the way back as one graph that is run once for each: what is kept between stays with TensorFlow. */
export interface Ways {
  readonly nodes: readonly GraphNode[];
  readonly there: Run;
  readonly back: Run;
  /** Ends what is kept. */
  readonly end: Run;
}

/** What ways are cut from. */
export interface BothWays {
  readonly operations: readonly RecordedOperation[];
  /** Operations of the way there. */
  readonly there: number;
  /** Where the way back starts. */
  readonly starts: readonly Source[];
  /** What the caller wants. */
  readonly wanted: ReadonlySet<Source>;
}

/** Makes one graph of what was written down. */
export function cutWays({ operations, there, starts, wanted }: BothWays): Ways {
  const [first, second] = [operations.slice(0, there), operations.slice(there)];
  const read = new Set(second.flatMap(({ inputs }) => inputs));
  const made = first.flatMap(({ results }) => results).filter((source) => read.has(source));
  const kept = new Map(made.map((source, place) => [source, place]));
  const isFetched = (source: Source): boolean => wanted.has(source);
  const partThere = partOf(first, { prefix: "there_", isFetched, kept });
  const given = { starts: new Set(starts), isFetched, kept };
  const partBack = partOf(second, { prefix: "back_", ...given });
  const partEnd = endOf(kept);
  return {
    nodes: [...partThere.nodes, ...partBack.nodes, ...partEnd.nodes],
    there: partThere,
    back: partBack,
    end: partEnd,
  };
}

function endOf(kept: ReadonlyMap<Source, number>): Part {
  const enders = [...kept].map(([source, place]) => endKept(`end_${place}`, source, place));
  const name = "ended";
  const source: Source = { kind: "result", shape: [], type: INT32 };
  const tensor = { type: INT32, shape: [], bytes: new Uint8Array(4) };
  const inputs = enders.map((one) => `^${one.name}`);
  const attributes = { dtype: { type: INT32 }, value: { tensor } };
  const fetches = [{ source, name: `${name}:0` }];
  return { nodes: [...enders, { name, op: "Const", inputs, attributes }], feeds: [], fetches };
}

/** TensorFlow's number of the type. @see types.proto */
const INT32 = 3;

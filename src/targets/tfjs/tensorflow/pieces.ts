import { type Part, partOf } from "./part.ts";
import type { RecordedOperation, Source } from "./recorder.ts";

/** A run of operations as a graph of its own. */
export interface Piece extends Part {
  /** What no later piece reads: it may go once this one has run. */
  readonly ends: readonly Source[];
}

/** What pieces are cut from. */
export interface Cut {
  readonly operations: readonly RecordedOperation[];
  /** Where each piece but the first begins. */
  readonly borders: readonly number[];
  /** What the caller wants. */
  readonly wanted: ReadonlySet<Source>;
}

/** Cuts what was written down into graphs that run one after the other. */
export function cutPieces({ operations, borders, wanted }: Cut): readonly Piece[] {
  const starts = [0, ...borders];
  const parts = starts.map((from, index) => operations.slice(from, starts[index + 1]));
  const last = new Map<Source, number>();
  parts.forEach((part, index) => {
    for (const { inputs } of part) for (const source of inputs) last.set(source, index);
  });
  return parts.map((part, index) => {
    const isFetched = (source: Source): boolean =>
      wanted.has(source) || (last.get(source) ?? -1) > index;
    const ends = [...last].flatMap(([source, at]) =>
      at === index && source.kind !== "constant" && !wanted.has(source) ? [source] : [],
    );
    return { ...partOf(part, { isFetched }), ends };
  });
}

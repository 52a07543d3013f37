import { fail, KcError } from "../../errors.ts";
import { type ChunkCache, createChunkCache } from "./chunk-cache.ts";
import { createGlobalHeap, type GlobalHeap } from "./global-heap.ts";
import type { Hdf5Reader } from "./reader.ts";

/** What all objects of one open file share. */
export interface Hdf5Objects {
  readonly reader: Hdf5Reader;
  readonly heap: GlobalHeap;
  /** Unpacked chunks of all datasets. */
  readonly chunks: ChunkCache;
  /** Runs `action`; its errors then tell that they happened at the object `path`. */
  at<T>(path: string, action: () => T): T;
  /** Runs `action` as one step through a soft link; throws `limit` after too many of them. */
  hop<T>(path: string, action: () => T): T;
}

/** Opens objects of one file, following links no further than is sane. */
export function createObjects(reader: Hdf5Reader): Hdf5Objects {
  let hops = 0;
  const hop = <T>(path: string, action: () => T): T => {
    if (hops >= MAX_HOPS) {
      fail("limit", `Soft links lead from one to the next more than ${MAX_HOPS} times.`, {
        at: { file: reader.source.name, path },
      });
    }
    hops += 1;
    try {
      return action();
    } finally {
      hops -= 1;
    }
  };
  return { reader, heap: createGlobalHeap(reader), chunks: createChunkCache(), at: withPath, hop };
}

const MAX_HOPS = 16;

function withPath<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof KcError) || error.at.path !== undefined) throw error;
    const [first] = error.diagnostics;
    if (first === undefined) throw error;
    throw new KcError({ ...first, at: { ...first.at, path } }, { cause: error.cause });
  }
}

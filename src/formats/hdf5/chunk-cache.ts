/** Unpacked chunks, the least recently used dropped first, so that memory stays bounded. */
export interface ChunkCache {
  /** A view for one dataset: the chunk at `address`, unpacked by `load` when it is not at hand. */
  open(): (address: number, load: () => Uint8Array) => Uint8Array;
}

/** Room for one row of chunks as h5py lays them out for the largest layers (VGG16: 13 MB). */
const CAPACITY = 48 * 1024 * 1024;

/** An empty cache that holds at most `capacity` bytes of decoded chunks. */
export function createChunkCache(capacity = CAPACITY): ChunkCache {
  const chunks = new Map<string, Uint8Array>();
  let held = 0;
  let owners = 0;
  const makeRoom = (size: number): void => {
    for (const [oldest, bytes] of chunks) {
      if (held + size <= capacity) return;
      chunks.delete(oldest);
      held -= bytes.length;
    }
  };
  const get = (key: string, load: () => Uint8Array): Uint8Array => {
    const found = chunks.get(key);
    if (found !== undefined) {
      // Moved to the end: a Map keeps the order of insertion.
      chunks.delete(key);
      chunks.set(key, found);
      return found;
    }
    const chunk = load();
    makeRoom(chunk.length);
    chunks.set(key, chunk);
    held += chunk.length;
    return chunk;
  };
  return {
    open() {
      owners += 1;
      const owner = owners;
      return (address, load) => get(`${owner}:${address}`, load);
    },
  };
}

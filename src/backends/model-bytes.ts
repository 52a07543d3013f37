import type { OutputBytes } from "../formats/bytes.ts";

/** The bytes of a model between sessions that load it. Large ones are given back at once instead of when it suits the garbage collector. */
export class ModelBytes {
  /** In memory of this thread, or in shared memory. */
  #bytes: Uint8Array;

  constructor(file: OutputBytes) {
    this.#bytes = ownMemory(file.byteLength);
    let at = 0;
    for (const chunk of file.chunks()) {
      this.#bytes.set(chunk, at);
      at += chunk.length;
    }
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Where all threads can read them; from now on they are there only. */
  shared(): Uint8Array {
    const { buffer } = this.#bytes;
    if (buffer instanceof SharedArrayBuffer) return this.#bytes;
    const bytes = new Uint8Array(new SharedArrayBuffer(this.#bytes.length));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    buffer.resize(0);
    return bytes;
  }

  /** For a session of this thread. */
  lend<T>(use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
    const { buffer } = this.#bytes;
    return buffer instanceof SharedArrayBuffer ? lendCopy(this.#bytes, use) : use(this.#bytes);
  }
}

/** A copy that lasts until it has been used, since ONNX Runtime takes no shared memory. */
export async function lendCopy<T>(
  shared: Uint8Array,
  use: (bytes: Uint8Array) => Promise<T>,
): Promise<T> {
  const copy = ownMemory(shared.length);
  copy.set(shared);
  try {
    return await use(copy);
  } finally {
    copy.buffer.resize(0);
  }
}

/** Memory that can be given back. */
function ownMemory(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length, { maxByteLength: length }), 0, length);
}

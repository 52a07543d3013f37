import type { ByteSource, OutputBytes } from "../bytes.ts";
import { type Content, isBytes, sizeOfContent } from "./rewrite.ts";

/**
 * A rewritten file: to be read at random like any other, so that it can be rewritten again, and to be written from
 * begin to end. What stayed as it was is read from the original when it is wanted.
 */
export function piecedSource(content: Content, name: string): ByteSource & OutputBytes {
  const starts: number[] = [];
  let size = 0;
  for (const piece of content) {
    starts.push(size);
    size += isBytes(piece) ? piece.length : piece.size;
  }
  return {
    name,
    size,
    byteLength: sizeOfContent(content),
    readInto(offset, target) {
      let at = 0;
      for (let index = lastAtOrBefore(starts, offset); at < target.length; index++) {
        const piece = content[index];
        if (piece === undefined) return;
        const inside = offset + at - (starts[index] ?? 0);
        const length = isBytes(piece) ? piece.length : piece.size;
        const part = target.subarray(at, Math.min(target.length, at + length - inside));
        if (isBytes(piece)) part.set(piece.subarray(inside, inside + part.length));
        else piece.source.readInto(piece.offset + inside, part);
        at += part.length;
      }
    },
    *chunks() {
      const buffer = new Uint8Array(Math.min(CHUNK, size));
      for (let offset = 0; offset < size; offset += CHUNK) {
        const chunk = buffer.subarray(0, Math.min(CHUNK, size - offset));
        this.readInto(offset, chunk);
        yield chunk;
      }
    },
  };
}

const CHUNK = 1 << 20;

/** Index of the last number that is not above `value`. */
function lastAtOrBefore(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

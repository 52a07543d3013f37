import { fail } from "../../errors.ts";
import type { WeightBytes } from "./carriers.ts";

/** Size of the buffer in which small pieces gather, in bytes. */
const BUFFER_SIZE = 256 * 1024;

/** Chunks from this size on go out as they are. */
const LARGE = 64 * 1024;

/**
 * Many small pieces become few chunks: small ones are gathered in one buffer that is used again
 * and again, large ones pass through uncopied. Throws `internal` when a piece does not yield as
 * many bytes as it announced, since all sizes written before it would be wrong.
 */
export function* coalesce(pieces: Iterable<Uint8Array | WeightBytes>): Generator<Uint8Array> {
  const buffer = new Uint8Array(BUFFER_SIZE);
  let filled = 0;
  for (const piece of pieces) {
    let remaining = piece.byteLength;
    for (const chunk of piece instanceof Uint8Array ? [piece] : piece.chunks()) {
      remaining -= chunk.byteLength;
      if (remaining < 0) break;
      if (filled > 0 && (chunk.length >= LARGE || filled + chunk.length > BUFFER_SIZE)) {
        yield buffer.subarray(0, filled);
        filled = 0;
      }
      if (chunk.length >= LARGE) yield chunk;
      else {
        buffer.set(chunk, filled);
        filled += chunk.length;
      }
    }
    if (remaining !== 0) wrongLength(piece.byteLength, remaining);
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

function wrongLength(announced: number, remaining: number): never {
  const found = remaining < 0 ? "more" : `only ${announced - remaining}`;
  return fail("internal", `A weight announced ${announced} bytes but gave ${found}.`);
}

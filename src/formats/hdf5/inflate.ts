import { inflateSync } from "fflate";

/**
 * Unpacks a zlib stream to exactly `length` bytes and checks its Adler-32; undefined when it is
 * damaged or would become any other length. Never holds more than `length` bytes of output.
 */
export function inflateZlib(packed: Uint8Array, length: number): Uint8Array | undefined {
  if (!isZlib(packed)) return undefined;
  // One byte more than expected, so that longer output shows.
  const room = new Uint8Array(length + 1);
  const out = tryInflate(packed.subarray(2, -4), room);
  if (out === undefined || out.length !== length) return undefined;
  const end = packed.subarray(-4);
  const stored = end.reduce((sum, byte) => sum * 256 + byte, 0);
  return stored === adler32(out) ? out : undefined;
}

function tryInflate(packed: Uint8Array, room: Uint8Array): Uint8Array | undefined {
  try {
    return inflateSync(packed, { out: room });
  } catch {
    // Whatever is wrong with the stream, the answer is the same: this data is damaged.
    return undefined;
  }
}

/** Deflate, window of at most 32 KB, header checksum, no preset dictionary (RFC 1950). */
function isZlib(packed: Uint8Array): boolean {
  const [method = 0, flags = 0] = packed;
  if (packed.length < 6 || (method & 15) !== 8 || method >> 4 > 7) return false;
  return (method * 256 + flags) % 31 === 0 && (flags & 32) === 0;
}

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let at = 0; at < bytes.length; ) {
    // 3800 bytes cannot overflow 32 bits before the sums are reduced.
    const stop = Math.min(bytes.length, at + 3800);
    for (; at < stop; at += 1) {
      low += bytes[at] ?? 0;
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return high * 65536 + low;
}

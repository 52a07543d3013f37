/**
 * Fletcher's checksum as HDF5 computes it: over big-endian 16-bit words, an odd last byte standing
 * in the upper half.
 *
 * @see HDF5 library, H5_checksum_fletcher32 (filter 3)
 */
export function fletcher32(bytes: Uint8Array): number {
  let low = 0;
  let high = 0;
  const words = bytes.length >> 1;
  for (let at = 0; at < words; ) {
    // 360 words cannot overflow 32 bits before the sums are folded.
    const stop = Math.min(words, at + 360);
    for (; at < stop; at += 1) {
      low += ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0);
      high += low;
    }
    low = fold(low);
    high = fold(high);
  }
  if (bytes.length % 2 === 1) {
    low += (bytes[bytes.length - 1] ?? 0) << 8;
    high += low;
    low = fold(low);
    high = fold(high);
  }
  return ((fold(high) << 16) | fold(low)) >>> 0;
}

function fold(sum: number): number {
  return (sum & 0xffff) + (sum >>> 16);
}

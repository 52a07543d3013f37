/**
 * Unpacks LibLZF data (h5py's `lzf` filter) to `length` bytes; undefined when the data is damaged or
 * would become any other length.
 *
 * A control byte below 32 starts a run of literals, one longer than itself. Otherwise its upper three
 * bits are a length (7: one more byte follows) and the rest, with the next byte, a distance back.
 */
export function unpackLzf(packed: Uint8Array, length: number): Uint8Array | undefined {
  const out = new Uint8Array(length);
  let from = 0;
  let to = 0;
  while (from < packed.length) {
    const control = packed[from] ?? 0;
    from += 1;
    if (control < 32) {
      const count = control + 1;
      if (from + count > packed.length || to + count > length) return undefined;
      out.set(packed.subarray(from, from + count), to);
      from += count;
      to += count;
      continue;
    }
    let count = control >> 5;
    if (count === 7) {
      count += packed[from] ?? 0;
      from += 1;
    }
    const source = to - ((control & 31) << 8) - (packed[from] ?? 0) - 1;
    from += 1;
    count += 2;
    if (from > packed.length || source < 0 || to + count > length) return undefined;
    // Source and target may overlap: that is how runs are written.
    for (let at = 0; at < count; at += 1) out[to + at] = out[source + at] ?? 0;
    to += count;
  }
  return to === length ? out : undefined;
}

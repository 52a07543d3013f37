/**
 * The indices of a bitmap stored as run lengths of 4 or 8 bits, rows in the order of the file; undefined where the
 * data ends too early. Pixels that are skipped are index 0. @see Bitmap Compression, Windows SDK
 */
export function unpackRuns(
  data: Uint8Array,
  width: number,
  height: number,
  bits: 4 | 8,
): Uint8Array | undefined {
  const result = new Uint8Array(width * height);
  let [x, y, at] = [0, 0, 0];
  const put = (index: number): void => {
    if (x < width && y < height) result[y * width + x] = index;
    x += 1;
  };
  while (y < height) {
    const [count, value] = [data[at], data[at + 1]];
    if (count === undefined || value === undefined) return undefined;
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(bits === 8 ? value : nibble(value, i));
    } else if (value === 0) {
      [x, y] = [0, y + 1];
    } else if (value === 1) {
      return result;
    } else if (value === 2) {
      x += data[at] ?? 0;
      y += data[at + 1] ?? 0;
      at += 2;
    } else {
      const size = bits === 8 ? value : Math.ceil(value / 2);
      if (at + size > data.length) return undefined;
      for (let i = 0; i < value; i++) {
        put(bits === 8 ? (data[at + i] ?? 0) : nibble(data[at + (i >> 1)] ?? 0, i));
      }
      at += size + (size % 2);
    }
  }
  return result;
}

function nibble(byte: number, index: number): number {
  return index % 2 === 0 ? byte >> 4 : byte & 15;
}

// Averages of 8-bit pixels with whole weights, as Pillow's: each number is a sum in 32 bits.
const HALF: i32 = 1 << 21;

/** Rows of three channels; the source has four bytes to spare. */
export function rows(
  source: usize,
  target: usize,
  starts: usize,
  counts: usize,
  weights: usize,
  stride: i32,
  width: i32,
  height: i32,
  rowBytes: i32,
): void {
  for (let y = 0; y < height; y++) {
    const row = source + <usize>(y * rowBytes);
    for (let x = 0; x < width; x++) {
      let at = row + <usize>(load<i32>(starts + ((<usize>x) << 2)) * 3);
      let weight = weights + ((<usize>(x * stride)) << 2);
      const end = weight + ((<usize>load<i32>(counts + ((<usize>x) << 2))) << 2);
      let sum = i32x4.splat(HALF);
      while (weight < end) {
        const pixel = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
        sum = i32x4.add(sum, i32x4.mul(pixel, v128.load32_splat(weight)));
        at += 3;
        weight += 4;
      }
      store<u32>(target, i32x4.extract_lane(clip(sum, sum), 0));
      target += 3;
    }
  }
}

/** Columns, sixteen bytes at a time; both pictures have bytes to spare. */
export function columns(
  source: usize,
  target: usize,
  starts: usize,
  counts: usize,
  weights: usize,
  stride: i32,
  rowBytes: i32,
  height: i32,
  first: i32,
): void {
  for (let y = 0; y < height; y++) {
    const from = source + <usize>((load<i32>(starts + ((<usize>y) << 2)) - first) * rowBytes);
    const start = weights + ((<usize>(y * stride)) << 2);
    const end = start + ((<usize>load<i32>(counts + ((<usize>y) << 2))) << 2);
    const to = target + <usize>(y * rowBytes);
    for (let x = 0; x < rowBytes; x += 8) {
      let low = i32x4.splat(HALF),
        high = i32x4.splat(HALF);
      let at = from + <usize>x;
      for (let weight = start; weight < end; weight += 4) {
        const w = v128.load32_splat(weight);
        const pixels = v128.load8x8_u(at);
        low = i32x4.add(low, i32x4.mul(i32x4.extend_low_i16x8_u(pixels), w));
        high = i32x4.add(high, i32x4.mul(i32x4.extend_high_i16x8_u(pixels), w));
        at += rowBytes;
      }
      v128.store64_lane(to + <usize>x, clip(low, high), 0);
    }
  }
}

function clip(low: v128, high: v128): v128 {
  const words = i16x8.narrow_i32x4_s(i32x4.shr_s(low, 22), i32x4.shr_s(high, 22));
  return i8x16.narrow_i16x8_u(words, words);
}

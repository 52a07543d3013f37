/**
 * Pixels of three bytes as such of four, with one pixel more on every side, so that each place has its four neighbours. The pixel beyond an edge
 * is the one at the edge again, or the one before that. The source has bytes to spare.
 */
export function spread(
  source: usize,
  target: usize,
  width: i32,
  height: i32,
  repeats: i32,
  blueFirst: i32,
): void {
  const stride = <usize>((width + 2) << 2);
  for (let y = 0; y < height; y++) {
    const from = source + <usize>(y * width * 3);
    const to = target + <usize>(y + 1) * stride + 4;
    for (let x = 0; x < width; x += 4) {
      const pixels = v128.load(from + <usize>(x * 3));
      // What goes beyond the row is written over by what comes next.
      v128.store(to + <usize>(x << 2), blueFirst !== 0 ? blue(pixels) : red(pixels));
    }
    store<u32>(to - 4, load<u32>(to + <usize>(beyondStart(width, repeats) << 2)));
    store<u32>(to + <usize>(width << 2), load<u32>(to + <usize>(beyondEnd(width, repeats) << 2)));
  }
  const first = target + stride;
  memory.copy(target, first + <usize>beyondStart(height, repeats) * stride, stride);
  const below = first + <usize>height * stride;
  memory.copy(below, first + <usize>beyondEnd(height, repeats) * stride, stride);
}

function red(pixels: v128): v128 {
  const none = i32x4.splat(0);
  return i8x16.shuffle(pixels, none, 0, 1, 2, 16, 3, 4, 5, 16, 6, 7, 8, 16, 9, 10, 11, 16);
}

function blue(pixels: v128): v128 {
  const none = i32x4.splat(0);
  return i8x16.shuffle(pixels, none, 2, 1, 0, 16, 5, 4, 3, 16, 8, 7, 6, 16, 11, 10, 9, 16);
}

function beyondStart(length: i32, repeats: i32): i32 {
  return repeats !== 0 || length === 1 ? 0 : 1;
}

function beyondEnd(length: i32, repeats: i32): i32 {
  return repeats !== 0 || length === 1 ? length - 1 : length - 2;
}

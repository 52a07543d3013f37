/** What is done to the numbers: bits of `steps`. */
const SHIFT = 1;
const BRIGHTEN = 2;
const STRETCH = 4;
const STRETCH_BACK = 8;
const MULTIPLY = 16;
const DIVIDE = 32;
const ADD = 64;
const DIVIDE_AGAIN = 128;

/** The smallest and the largest of some numbers, to `result`. */
export function extent(data: usize, count: i32, result: usize): void {
  const first = v128.load32_splat(data);
  let least = first,
    most = first;
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) {
    const values = v128.load(data + <usize>(i << 2));
    least = f32x4.pmin(least, values);
    most = f32x4.pmax(most, values);
  }
  for (let i = whole; i < count; i++) {
    const value = v128.load32_splat(data + <usize>(i << 2));
    least = f32x4.pmin(least, value);
    most = f32x4.pmax(most, value);
  }
  least = f32x4.pmin(least, i32x4.shuffle(least, least, 2, 3, 0, 1));
  most = f32x4.pmax(most, i32x4.shuffle(most, most, 2, 3, 0, 1));
  least = f32x4.pmin(least, i32x4.shuffle(least, least, 1, 0, 3, 2));
  most = f32x4.pmax(most, i32x4.shuffle(most, most, 1, 0, 3, 2));
  v128.store32_lane(result, least, 0);
  v128.store32_lane(result, most, 0, 4);
}

/**
 * All that happens to each number by itself, every step rounded to float32. `colors` has four rows of twelve numbers, red, green and blue four
 * times: factors, divisors, what is added, divisors again. The data have bytes to spare.
 */
export function finish(
  data: usize,
  count: i32,
  steps: i32,
  colors: usize,
  added: f32,
  least: f32,
  most: f32,
  start: f32,
  range: f32,
  factor: f32,
): void {
  const end = data + <usize>(count << 2);
  let color: usize = colors;
  for (let at = data; at < end; at += 16) {
    let value = v128.load(at);
    if ((steps & SHIFT) !== 0) value = shifted(value, added, least, most);
    if ((steps & BRIGHTEN) !== 0) value = brighter(value, steps, start, range, factor);
    if ((steps & MULTIPLY) !== 0) value = f32x4.mul(value, v128.load(color));
    if ((steps & DIVIDE) !== 0) value = f32x4.div(value, v128.load(color, 48));
    if ((steps & ADD) !== 0) value = f32x4.add(value, v128.load(color, 96));
    if ((steps & DIVIDE_AGAIN) !== 0) value = f32x4.div(value, v128.load(color, 144));
    v128.store(at, value);
    color = color === colors + 32 ? colors : color + 16;
  }
}

// @ts-expect-error: a decorator of the compiler
function shifted(value: v128, added: f32, least: f32, most: f32): v128 {
  const sum = f32x4.add(value, f32x4.splat(added));
  return f32x4.pmin(f32x4.pmax(sum, f32x4.splat(least)), f32x4.splat(most));
}

/** Pillow's levels lose their fractions, before and after. */
function brighter(value: v128, steps: i32, start: f32, range: f32, factor: f32): v128 {
  if ((steps & STRETCH) !== 0) {
    value = f32x4.sub(value, f32x4.splat(start));
    if (range !== 0) value = f32x4.div(value, f32x4.splat(range));
    value = f32x4.mul(value, f32x4.splat(255));
  }
  const product = f32x4.mul(f32x4.trunc(value), f32x4.splat(factor));
  const level = f32x4.trunc(f32x4.pmin(f32x4.pmax(f32x4.splat(0), product), f32x4.splat(255)));
  if ((steps & STRETCH_BACK) === 0) return level;
  const part = f32x4.mul(f32x4.div(level, f32x4.splat(255)), f32x4.splat(range));
  return f32x4.add(part, f32x4.splat(start));
}

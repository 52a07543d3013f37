import { placesOf } from "./places";

/**
 * Each pixel from where the matrix says, between four, in float64 and rounded to float32. `source` is spread; `scratch` has 20 bytes for each
 * pixel of a row, made even. The next pixel is `aside` bytes further, the next row `down`: less than 0 where the picture is flipped.
 */
export function affine(
  source: usize,
  target: usize,
  scratch: usize,
  width: i32,
  height: i32,
  mode: i32,
  repeats: i32,
  cval: f32,
  aside: i32,
  down: i32,
  a: f64,
  b: f64,
  c: f64,
  d: f64,
  e: f64,
  f: f64,
): void {
  const even = (width + 1) & ~1;
  const holes = scratch + <usize>(even << 4);
  let start = <i32>target;
  if (down < 0) start -= down * (height - 1);
  if (aside < 0) start -= aside * (width - 1);
  for (let y = 0; y < height; y++) {
    const row = a * <f64>y,
      column = d * <f64>y;
    const count = placesOf(scratch, even, width, height, mode, repeats, row, b, c, column, e, f);
    between(source, <usize>start, scratch, even, width, aside);
    for (let hole = 0; hole < count; hole++) {
      const x = load<i32>(holes + <usize>(hole << 2));
      if (x < width) fill(<usize>(start + x * aside), cval);
    }
    start += down;
  }
}

function fill(to: usize, value: f32): void {
  store<f32>(to, value);
  store<f32>(to, value, 4);
  store<f32>(to, value, 8);
}

/** A row, two pixels at a time: red and green of each, blue of both. */
function between(
  source: usize,
  target: usize,
  rows: usize,
  even: i32,
  width: i32,
  aside: i32,
): void {
  const stride = (width + 2) << 2;
  const origin = source + <usize>stride + 4;
  const columns = rows + <usize>(even << 3);
  const one = f64x2.splat(1);
  let to = target;
  for (let x = 0; x < width; x += 2) {
    const row = v128.load(rows + <usize>(x << 3));
    const column = v128.load(columns + <usize>(x << 3));
    const top = f64x2.floor(row);
    const left = f64x2.floor(column);
    const down = f64x2.sub(row, top);
    const right = f64x2.sub(column, left);
    const up = f64x2.sub(one, down);
    const beside = f64x2.sub(one, right);
    const place = f64x2.add(
      f64x2.mul(top, f64x2.splat(<f64>stride)),
      f64x2.mul(left, f64x2.splat(4)),
    );
    const places = i32x4.trunc_sat_f64x2_s_zero(place);
    const p = origin + <usize>i32x4.extract_lane(places, 0);
    const q = origin + <usize>i32x4.extract_lane(places, 1);
    // Left and right pixel: above and below, of both.
    const pTop = v128.load8x8_u(p),
      pBottom = v128.load8x8_u(p + <usize>stride),
      qTop = v128.load8x8_u(q),
      qBottom = v128.load8x8_u(q + <usize>stride);
    const p0 = i32x4.extend_low_i16x8_u(pTop),
      p1 = i32x4.extend_high_i16x8_u(pTop),
      p2 = i32x4.extend_low_i16x8_u(pBottom),
      p3 = i32x4.extend_high_i16x8_u(pBottom),
      q0 = i32x4.extend_low_i16x8_u(qTop),
      q1 = i32x4.extend_high_i16x8_u(qTop),
      q2 = i32x4.extend_low_i16x8_u(qBottom),
      q3 = i32x4.extend_high_i16x8_u(qBottom);
    const blue = mixed(
      bluesOf(p0, q0),
      bluesOf(p1, q1),
      bluesOf(p2, q2),
      bluesOf(p3, q3),
      up,
      down,
      beside,
      right,
    );
    const mine = mixed(p0, p1, p2, p3, first(up), first(down), first(beside), first(right));
    v128.store64_lane(to, mine, 0);
    v128.store32_lane(to, blue, 0, 8);
    to += aside;
    if (x + 1 < width) {
      const other = mixed(q0, q1, q2, q3, second(up), second(down), second(beside), second(right));
      v128.store64_lane(to, other, 0);
      v128.store32_lane(to, blue, 1, 8);
    }
    to += aside;
  }
}

/** The first two of four whole numbers, weighted and added in the order in which SciPy does. */
// @ts-expect-error: a decorator of the compiler
function mixed(
  upperLeft: v128,
  upperRight: v128,
  lowerLeft: v128,
  lowerRight: v128,
  up: v128,
  down: v128,
  beside: v128,
  right: v128,
): v128 {
  const a = f64x2.mul(f64x2.mul(f64x2.convert_low_i32x4_s(upperLeft), up), beside);
  const b = f64x2.mul(f64x2.mul(f64x2.convert_low_i32x4_s(upperRight), up), right);
  const c = f64x2.mul(f64x2.mul(f64x2.convert_low_i32x4_s(lowerLeft), down), beside);
  const d = f64x2.mul(f64x2.mul(f64x2.convert_low_i32x4_s(lowerRight), down), right);
  return f32x4.demote_f64x2_zero(f64x2.add(f64x2.add(f64x2.add(a, b), c), d));
}

// @ts-expect-error: a decorator of the compiler
function bluesOf(p: v128, q: v128): v128 {
  return i32x4.shuffle(p, q, 2, 6, 2, 6);
}

// @ts-expect-error: a decorator of the compiler
function first(pair: v128): v128 {
  return i64x2.shuffle(pair, pair, 0, 0);
}

// @ts-expect-error: a decorator of the compiler
function second(pair: v128): v128 {
  return i64x2.shuffle(pair, pair, 1, 1);
}

/** Rows whose sums are taken before they are added to the whole: sums of sums round less. */
const BLOCK: i32 = 64;

/** Sums down the columns of `x`, `[rows, columns]`. */
export function columnSums(x: usize, sums: usize, rows: i32, columns: i32): void {
  memory.fill(sums, 0, (<usize>columns) << 2);
  const step = (<usize>columns) << 2;
  for (let first = 0; first < rows; first += BLOCK) {
    const count = min(BLOCK, rows - first);
    const from = x + <usize>first * step;
    let column: usize = 0;
    for (; column + 16 <= step; column += 16) {
      let sum = f32x4.splat(0);
      for (let row = 0; row < count; row++) {
        sum = f32x4.add(sum, v128.load(from + <usize>row * step + column));
      }
      v128.store(sums + column, f32x4.add(v128.load(sums + column), sum));
    }
    for (; column < step; column += 4) {
      let sum: f32 = 0;
      for (let row = 0; row < count; row++) sum += load<f32>(from + <usize>row * step + column);
      store<f32>(sums + column, load<f32>(sums + column) + sum);
    }
  }
}

/** Sums down the columns of `a * (x - centre)`; of the squares of `x - centre` where `a` is 0. `centre` has one number a column. */
export function centredSums(
  a: usize,
  x: usize,
  centre: usize,
  sums: usize,
  rows: i32,
  columns: i32,
): void {
  memory.fill(sums, 0, (<usize>columns) << 2);
  const step = (<usize>columns) << 2;
  for (let first = 0; first < rows; first += BLOCK) {
    const count = min(BLOCK, rows - first);
    const offset = <usize>first * step;
    let column: usize = 0;
    for (; column + 16 <= step; column += 16) {
      const middle = v128.load(centre + column);
      let sum = f32x4.splat(0);
      let at = offset + column;
      for (let row = 0; row < count; row++) {
        const apart = f32x4.sub(v128.load(x + at), middle);
        sum = f32x4.add(sum, f32x4.mul(apart, a === 0 ? apart : v128.load(a + at)));
        at += step;
      }
      v128.store(sums + column, f32x4.add(v128.load(sums + column), sum));
    }
    for (; column < step; column += 4) {
      const middle = load<f32>(centre + column);
      let sum: f32 = 0;
      let at = offset + column;
      for (let row = 0; row < count; row++) {
        const apart = load<f32>(x + at) - middle;
        sum += apart * (a === 0 ? apart : load<f32>(a + at));
        at += step;
      }
      store<f32>(sums + column, load<f32>(sums + column) + sum);
    }
  }
}

/** `(x - centre) * scale + shift`, one number a column each. */
export function normalise(
  x: usize,
  centre: usize,
  scale: usize,
  shift: usize,
  y: usize,
  rows: i32,
  columns: i32,
): void {
  const step = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    let column: usize = 0;
    for (; column + 16 <= step; column += 16) {
      const apart = f32x4.sub(v128.load(x + column), v128.load(centre + column));
      const scaled = f32x4.mul(apart, v128.load(scale + column));
      v128.store(y + column, f32x4.add(scaled, v128.load(shift + column)));
    }
    for (; column < step; column += 4) {
      const apart = load<f32>(x + column) - load<f32>(centre + column);
      store<f32>(y + column, apart * load<f32>(scale + column) + load<f32>(shift + column));
    }
    x += step;
    y += step;
  }
}

/** `dy * scale - (x - centre) * slope - offset`, one number a column each but for `dy` and `x`. */
export function throughNormal(
  dy: usize,
  x: usize,
  centre: usize,
  scale: usize,
  slope: usize,
  offset: usize,
  dx: usize,
  rows: i32,
  columns: i32,
): void {
  const step = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    let column: usize = 0;
    for (; column + 16 <= step; column += 16) {
      const apart = f32x4.sub(v128.load(x + column), v128.load(centre + column));
      const along = f32x4.mul(apart, v128.load(slope + column));
      const scaled = f32x4.mul(v128.load(dy + column), v128.load(scale + column));
      v128.store(dx + column, f32x4.sub(f32x4.sub(scaled, v128.load(offset + column)), along));
    }
    for (; column < step; column += 4) {
      const apart = load<f32>(x + column) - load<f32>(centre + column);
      const scaled = load<f32>(dy + column) * load<f32>(scale + column);
      store<f32>(
        dx + column,
        scaled - load<f32>(offset + column) - apart * load<f32>(slope + column),
      );
    }
    dy += step;
    x += step;
    dx += step;
  }
}

/** `dy` where `y` lies between 0 and `most`, zeros elsewhere. */
export function throughRelu(y: usize, dy: usize, dx: usize, count: i32, most: f32): void {
  const end = y + ((<usize>count) << 2);
  const zero = f32x4.splat(0);
  const limit = f32x4.splat(most);
  while (y + 16 <= end) {
    const value = v128.load(y);
    const inside = v128.and(f32x4.gt(value, zero), f32x4.lt(value, limit));
    v128.store(dx, v128.and(inside, v128.load(dy)));
    y += 16;
    dy += 16;
    dx += 16;
  }
  while (y < end) {
    const value = load<f32>(y);
    store<f32>(dx, value > 0 && value < most ? load<f32>(dy) : 0);
    y += 4;
    dy += 4;
    dx += 4;
  }
}

/** Adds each row of `x`, `[rows, columns]`, to the row of `sums` that `numbers` names; those outside are left out. */
export function sumSegments(
  x: usize,
  numbers: usize,
  sums: usize,
  rows: i32,
  columns: i32,
  segments: i32,
): void {
  const step = (<usize>columns) << 2;
  memory.fill(sums, 0, <usize>segments * step);
  for (let row = 0; row < rows; row++) {
    const segment = load<i32>(numbers + ((<usize>row) << 2));
    if (segment >= 0 && segment < segments) {
      const to = sums + <usize>segment * step;
      let column: usize = 0;
      for (; column + 16 <= step; column += 16) {
        v128.store(to + column, f32x4.add(v128.load(to + column), v128.load(x + column)));
      }
      for (; column < step; column += 4) {
        store<f32>(to + column, load<f32>(to + column) + load<f32>(x + column));
      }
    }
    x += step;
  }
}

/** Columns `first` to `first + count` of `x`, `[rows, columns]`. */
export function takeColumns(
  x: usize,
  y: usize,
  rows: i32,
  columns: i32,
  first: i32,
  count: i32,
): void {
  x += (<usize>first) << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(y, x, (<usize>count) << 2);
    x += (<usize>columns) << 2;
    y += (<usize>count) << 2;
  }
}

export const CONSTANT = 0;
export const NEAREST = 1;
export const REFLECT = 2;

/**
 * Where each pixel of a row comes from: rows to `rows`, columns behind them, and behind these the numbers of those that come from nowhere, whose
 * count is given. A row has an even number of pixels.
 */
export function placesOf(
  rows: usize,
  even: i32,
  width: i32,
  height: i32,
  mode: i32,
  repeats: i32,
  rowStart: f64,
  rowStep: f64,
  rowShift: f64,
  columnStart: f64,
  columnStep: f64,
  columnShift: f64,
): i32 {
  const columns = rows + <usize>(even << 3);
  const none = f64x2.splat(0),
    lastRow = f64x2.splat(<f64>(height - 1)),
    lastColumn = f64x2.splat(<f64>(width - 1));
  let xs = f64x2(0, 1);
  let holes = 0;
  for (let x = 0; x < even; x += 2) {
    const at = <usize>(x << 3);
    let row = line(xs, rowStart, rowStep, rowShift);
    let column = line(xs, columnStart, columnStep, columnShift);
    xs = f64x2.add(xs, f64x2.splat(2));
    if (mode === NEAREST) {
      row = f64x2.pmin(f64x2.pmax(row, none), lastRow);
      column = f64x2.pmin(f64x2.pmax(column, none), lastColumn);
    }
    v128.store(rows + at, row);
    v128.store(columns + at, column);
    if (mode === NEAREST) continue;
    const before = v128.or(f64x2.lt(row, none), f64x2.lt(column, none));
    const behind = v128.or(f64x2.gt(row, lastRow), f64x2.gt(column, lastColumn));
    if (!v128.any_true(v128.or(before, behind))) continue;
    for (let one = x; one < x + 2; one++) {
      const place = rows + <usize>(one << 3);
      if (isSomewhere(place, columns - rows, width, height, mode, repeats)) continue;
      store<i32>(columns + <usize>(even << 3) + <usize>(holes << 2), one);
      holes++;
    }
  }
  return holes;
}

function line(xs: v128, start: f64, step: f64, shift: f64): v128 {
  const along = f64x2.add(f64x2.splat(start), f64x2.mul(f64x2.splat(step), xs));
  return f64x2.add(along, f64x2.splat(shift));
}

/** Brings a place into the picture, and says whether there is one. */
function isSomewhere(
  at: usize,
  toColumn: usize,
  width: i32,
  height: i32,
  mode: i32,
  repeats: i32,
): bool {
  const row = within(load<f64>(at), height, mode, repeats);
  const column = within(load<f64>(at + toColumn), width, mode, repeats);
  const is = row > -1 && column > -1;
  store<f64>(at, is ? row : 0);
  store<f64>(at + toColumn, is ? column : 0);
  return is;
}

/** A place beyond the edges as one within, or up to a pixel before the first one; -1 for nowhere. */
function within(place: f64, length: i32, mode: i32, repeats: i32): f64 {
  if (place >= 0 && place <= <f64>(length - 1)) return place;
  if (mode === CONSTANT) return -1;
  if (length === 1) return 0;
  return mode === REFLECT
    ? reflected(place, <f64>length, repeats)
    : wrapped(place, <f64>(length - 1));
}

function reflected(place: f64, length: f64, repeats: i32): f64 {
  const period = 2 * length;
  if (place > 0) {
    const rest = place - period * Math.floor(place / period);
    return rest >= length ? period - rest - 1 : rest;
  }
  const rest = place < -period ? place + period * Math.floor(-place / period) : place;
  if (rest < -length) return rest + period;
  return (repeats !== 0 && rest > -f64.EPSILON ? f64.EPSILON : -rest) - 1;
}

function wrapped(place: f64, period: f64): f64 {
  if (place > 0) return place - period * Math.floor(place / period);
  return place + period * (Math.floor(-place / period) + 1);
}

import {
  batchOf,
  borderAbove,
  borderLeft,
  dilationDown,
  dilationRight,
  inputChannels,
  inputColumns,
  inputRows,
  outputChannels,
  outputColumns,
  outputRows,
  strideDown,
  strideRight,
  windowColumns,
  windowRows,
} from "./geometry";

/** Bytes of filters that stay in the cache while the rows pass by. */
const BLOCK: i32 = 262144;

/**
 * Filters `[place, in, out]` as panels of eight input channels, `[in / 8][place][out][8]`, zeros after the last channel:
 * the other factor of the input's gradient, turned once for all rows.
 */
export function packFilters(
  filters: usize,
  packed: usize,
  places: i32,
  channels: i32,
  out: i32,
): void {
  const panels = (channels + 7) >> 3;
  let to = packed;
  for (let panel = 0; panel < panels; panel++) {
    for (let place = 0; place < places; place++) {
      for (let k = 0; k < out; k++) {
        for (let lane = 0; lane < 8; lane++) {
          const channel = panel * 8 + lane;
          const from = filters + ((<usize>((place * channels + channel) * out + k)) << 2);
          store<f32>(to, channel < channels ? load<f32>(from) : 0);
          to += 4;
        }
      }
    }
  }
}

/**
 * The gradient of a convolution's input: for each place of the input a product of the gradients that saw it with the
 * packed filters. Places that the same columns of the window see go together, four at a time.
 *
 * `scratch`: a row of output channels, then 7 numbers of 32 bits for each place of the window.
 */
export function convInput(
  dy: usize,
  packed: usize,
  dx: usize,
  geometry: usize,
  scratch: usize,
): void {
  const channels = inputChannels(geometry);
  const out = outputChannels(geometry);
  const places = windowRows(geometry) * windowColumns(geometry);
  const panels = (channels + 7) >> 3;
  const panelBytes = (places * out) << 5;
  const step = max(1, BLOCK / panelBytes);
  memory.fill(scratch, 0, <usize>(out << 2));
  const rows = inputRows(geometry);
  for (let first = 0; first < panels; first += step) {
    const last = min(first + step, panels);
    for (let sample = 0; sample < batchOf(geometry); sample++) {
      for (let row = 0; row < rows; row++) {
        const line =
          dx + ((<usize>((sample * rows + row) * inputColumns(geometry) * channels)) << 2);
        for (let phase = 0; phase < strideRight(geometry); phase++) {
          const count = findTaps(dy, geometry, scratch, sample, row, phase);
          fillPhase(packed, line, geometry, scratch, phase, count, first, last);
        }
      }
    }
  }
}

/** The places of the window that see the columns `phase, phase + stride, …` of a row: where their gradients start, the first column, the filter's place. */
function findTaps(
  dy: usize,
  geometry: usize,
  scratch: usize,
  sample: i32,
  row: i32,
  phase: i32,
): i32 {
  const out = outputChannels(geometry);
  const width = outputColumns(geometry);
  const height = outputRows(geometry);
  const columns = windowColumns(geometry);
  const right = strideRight(geometry);
  let tap = scratch + ((<usize>out) << 2);
  let count = 0;
  for (let y = 0; y < windowRows(geometry); y++) {
    const down = row + borderAbove(geometry) - y * dilationDown(geometry);
    if (down < 0 || down % strideDown(geometry) !== 0) continue;
    const from = down / strideDown(geometry);
    if (from >= height) continue;
    for (let x = 0; x < columns; x++) {
      const across = phase + borderLeft(geometry) - x * dilationRight(geometry);
      if (across % right !== 0) continue;
      store<i32>(tap, <i32>dy + (((sample * height + from) * width * out) << 2));
      store<i32>(tap, across / right, 4);
      store<i32>(tap, ((y * columns + x) * out) << 5, 8);
      tap += 28;
      count++;
    }
  }
  return count;
}

function fillPhase(
  packed: usize,
  line: usize,
  geometry: usize,
  scratch: usize,
  phase: i32,
  count: i32,
  first: i32,
  last: i32,
): void {
  const channels = inputChannels(geometry);
  const out = outputChannels(geometry);
  const width = outputColumns(geometry);
  const right = strideRight(geometry);
  const columns = inputColumns(geometry);
  const panelBytes = <usize>((windowRows(geometry) * windowColumns(geometry) * out) << 5);
  const taps = scratch + ((<usize>out) << 2);
  const apart = <usize>((right * channels) << 2);
  let index = 0;
  for (let column = phase; column < columns; column += 4 * right) {
    for (let i = 0; i < count; i++) {
      const tap = taps + <usize>(i * 28);
      const start = load<i32>(tap);
      for (let lane = 0; lane < 4; lane++) {
        const at = load<i32>(tap, 4) + index + lane;
        const seen = at >= 0 && at < width;
        store<i32>(tap + ((<usize>lane) << 2), seen ? start + ((at * out) << 2) : <i32>scratch, 12);
      }
    }
    const rows = min(4, (columns - column + right - 1) / right);
    const to = line + ((<usize>(column * channels)) << 2);
    for (let panel = first; panel < last; panel++) {
      const filters = packed + <usize>panel * panelBytes;
      multiply(
        taps,
        count,
        out,
        filters,
        to + ((<usize>panel) << 5),
        apart,
        rows,
        channels - panel * 8,
      );
    }
    index += 4;
  }
}

/** Four rows of up to eight channels. */
function multiply(
  taps: usize,
  count: i32,
  out: i32,
  filters: usize,
  to: usize,
  apart: usize,
  rows: i32,
  channels: i32,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const bytes = (<usize>out) << 2;
  for (let i = 0; i < count; i++) {
    const tap = taps + <usize>(i * 28);
    let b = filters + <usize>load<i32>(tap, 8);
    let a0 = <usize>load<i32>(tap, 12);
    let a1 = <usize>load<i32>(tap, 16);
    let a2 = <usize>load<i32>(tap, 20);
    let a3 = <usize>load<i32>(tap, 24);
    const end = a0 + bytes;
    while (a0 < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const s0 = v128.load_splat<f32>(a0);
      c00 = f32x4.add(c00, f32x4.mul(s0, b0));
      c01 = f32x4.add(c01, f32x4.mul(s0, b1));
      const s1 = v128.load_splat<f32>(a1);
      c10 = f32x4.add(c10, f32x4.mul(s1, b0));
      c11 = f32x4.add(c11, f32x4.mul(s1, b1));
      const s2 = v128.load_splat<f32>(a2);
      c20 = f32x4.add(c20, f32x4.mul(s2, b0));
      c21 = f32x4.add(c21, f32x4.mul(s2, b1));
      const s3 = v128.load_splat<f32>(a3);
      c30 = f32x4.add(c30, f32x4.mul(s3, b0));
      c31 = f32x4.add(c31, f32x4.mul(s3, b1));
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      b += 32;
    }
  }
  put(to, c00, c01, channels);
  if (rows > 1) put(to + apart, c10, c11, channels);
  if (rows > 2) put(to + 2 * apart, c20, c21, channels);
  if (rows > 3) put(to + 3 * apart, c30, c31, channels);
}

/** Up to eight numbers. */
function put(to: usize, low: v128, high: v128, count: i32): void {
  if (count >= 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
    return;
  }
  let rest = low;
  let left = count;
  if (left >= 4) {
    v128.store(to, low);
    to += 16;
    left -= 4;
    rest = high;
  }
  if (left > 0) store<f32>(to, f32x4.extract_lane(rest, 0));
  if (left > 1) store<f32>(to, f32x4.extract_lane(rest, 1), 4);
  if (left > 2) store<f32>(to, f32x4.extract_lane(rest, 2), 8);
}

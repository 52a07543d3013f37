import {
  batchOf,
  borderAbove,
  borderLeft,
  inputChannels,
  inputColumns,
  inputRows,
  outputColumns,
  outputRows,
  strideDown,
  strideRight,
  windowColumns,
  windowRows,
} from "./geometry";

/**
 * The gradient of a maximum in a window goes to the first place that holds it. `scratch`: a row of channels, ones where
 * the maximum has not been met.
 */
export function maximumInput(
  x: usize,
  y: usize,
  dy: usize,
  dx: usize,
  geometry: usize,
  scratch: usize,
): void {
  const width = outputColumns(geometry);
  const height = outputRows(geometry);
  const bytes = <usize>(inputChannels(geometry) << 2);
  clear(dx, geometry);
  for (let sample = 0; sample < batchOf(geometry); sample++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const at = <usize>((sample * height + row) * width + column) * bytes;
        memory.fill(scratch, 0xff, bytes);
        for (let place = 0; place < windowRows(geometry) * windowColumns(geometry); place++) {
          const seen = placeOf(geometry, sample, row, column, place);
          if (seen < 0) continue;
          const offset = <usize>seen * bytes;
          take(x + offset, y + at, dy + at, dx + offset, scratch, bytes);
        }
      }
    }
  }
}

/** The gradient of a mean in a window goes to all places within the input alike. */
export function averageInput(dy: usize, dx: usize, geometry: usize): void {
  const width = outputColumns(geometry);
  const height = outputRows(geometry);
  const bytes = <usize>(inputChannels(geometry) << 2);
  const places = windowRows(geometry) * windowColumns(geometry);
  clear(dx, geometry);
  for (let sample = 0; sample < batchOf(geometry); sample++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const at = <usize>((sample * height + row) * width + column) * bytes;
        let count = 0;
        for (let place = 0; place < places; place++) {
          if (placeOf(geometry, sample, row, column, place) >= 0) count++;
        }
        for (let place = 0; place < places; place++) {
          const seen = placeOf(geometry, sample, row, column, place);
          if (seen >= 0) share(dy + at, dx + <usize>seen * bytes, <f32>count, bytes);
        }
      }
    }
  }
}

function clear(dx: usize, geometry: usize): void {
  const rows = batchOf(geometry) * inputRows(geometry);
  memory.fill(dx, 0, (<usize>(rows * inputColumns(geometry) * inputChannels(geometry))) << 2);
}

/** The place of the input that a place of the window sees, -1 for the border. */
function placeOf(geometry: usize, sample: i32, row: i32, column: i32, place: i32): i32 {
  const down = row * strideDown(geometry) + place / windowColumns(geometry) - borderAbove(geometry);
  const across =
    column * strideRight(geometry) + (place % windowColumns(geometry)) - borderLeft(geometry);
  if (down < 0 || across < 0 || down >= inputRows(geometry) || across >= inputColumns(geometry))
    return -1;
  return (sample * inputRows(geometry) + down) * inputColumns(geometry) + across;
}

function take(x: usize, y: usize, dy: usize, dx: usize, open: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const still = v128.load(open + at);
    const first = v128.and(still, f32x4.eq(v128.load(x + at), v128.load(y + at)));
    v128.store(dx + at, f32x4.add(v128.load(dx + at), v128.and(first, v128.load(dy + at))));
    v128.store(open + at, v128.andnot(still, first));
  }
  for (; at < bytes; at += 4) {
    if (load<i32>(open + at) === 0 || load<f32>(x + at) !== load<f32>(y + at)) continue;
    store<f32>(dx + at, load<f32>(dx + at) + load<f32>(dy + at));
    store<i32>(open + at, 0);
  }
}

function share(dy: usize, dx: usize, count: f32, bytes: usize): void {
  const divisor = f32x4.splat(count);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    v128.store(dx + at, f32x4.add(v128.load(dx + at), f32x4.div(v128.load(dy + at), divisor)));
  }
  for (; at < bytes; at += 4) store<f32>(dx + at, load<f32>(dx + at) + load<f32>(dy + at) / count);
}

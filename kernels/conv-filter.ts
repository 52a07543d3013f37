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

/** Places of the output that are packed at a time. */
const CHUNK: i32 = 128;

/** Bytes from one packed panel to the next: no power of two, so that panels do not fall on the same lines of the cache. */
const SEEN_PANEL: i32 = CHUNK * 16 + 64;
const GRADIENT_PANEL: i32 = CHUNK * 32 + 64;

/** Bytes that `convFilter` wants at `scratch` for a kernel of so many numbers a filter (places x input channels) and so many filters. */
export function convFilterScratch(depth: i32, out: i32): i32 {
  const down = (depth + 3) >> 2;
  const across = (out + 7) >> 3;
  return down * across * 128 + down * SEEN_PANEL + across * GRADIENT_PANEL;
}

/**
 * The gradient of a convolution's kernel, `[place, in, out]`: what each place of the window saw, times the gradients,
 * summed over all places of the output in chunks.
 */
export function convFilter(
  x: usize,
  dy: usize,
  filters: usize,
  geometry: usize,
  scratch: usize,
): void {
  const out = outputChannels(geometry);
  const depth = windowRows(geometry) * windowColumns(geometry) * inputChannels(geometry);
  const down = (depth + 3) >> 2;
  const across = (out + 7) >> 3;
  const tiles = scratch;
  const seen = tiles + <usize>(down * across * 128);
  const gradients = seen + <usize>(down * SEEN_PANEL);
  memory.fill(scratch, 0, <usize>convFilterScratch(depth, out));
  const places = batchOf(geometry) * outputRows(geometry) * outputColumns(geometry);
  for (let first = 0; first < places; first += CHUNK) {
    const count = min(CHUNK, places - first);
    packGradients(dy + ((<usize>(first * out)) << 2), gradients, count, out);
    packSeen(x, seen, geometry, first, count);
    for (let i = 0; i < down; i++) {
      for (let j = 0; j < across; j++) {
        const a = seen + <usize>(i * SEEN_PANEL);
        const b = gradients + <usize>(j * GRADIENT_PANEL);
        addProducts(a, b, tiles + ((<usize>(i * across + j)) << 7), count);
      }
    }
  }
  unpack(tiles, filters, depth, out, across);
}

/** Rows of gradients as panels of eight channels. */
function packGradients(dy: usize, panels: usize, count: i32, out: i32): void {
  const whole = out >> 3;
  for (let place = 0; place < count; place++) {
    let from = dy + ((<usize>(place * out)) << 2);
    let to = panels + ((<usize>place) << 5);
    for (let panel = 0; panel < whole; panel++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += 32;
      to += GRADIENT_PANEL;
    }
    for (let lane = 0; lane < (out & 7); lane++) {
      store<f32>(to + ((<usize>lane) << 2), load<f32>(from + ((<usize>lane) << 2)));
    }
  }
}

/** What the window sees from each place of the output, as panels of four numbers; zeros where it sees the border. */
function packSeen(x: usize, panels: usize, geometry: usize, first: i32, count: i32): void {
  const width = outputColumns(geometry);
  const height = outputRows(geometry);
  const channels = inputChannels(geometry);
  const rows = inputRows(geometry);
  const columns = inputColumns(geometry);
  for (let place = 0; place < count; place++) {
    const at = first + place;
    const column = at % width;
    const row = (at / width) % height;
    const sample = at / width / height;
    const to = panels + ((<usize>place) << 4);
    let number = 0;
    for (let y = 0; y < windowRows(geometry); y++) {
      const down = row * strideDown(geometry) + y * dilationDown(geometry) - borderAbove(geometry);
      for (let x0 = 0; x0 < windowColumns(geometry); x0++) {
        const across =
          column * strideRight(geometry) + x0 * dilationRight(geometry) - borderLeft(geometry);
        const inside = down >= 0 && down < rows && across >= 0 && across < columns;
        const from = x + ((<usize>(((sample * rows + down) * columns + across) * channels)) << 2);
        copyChannels(inside ? from : 0, to, number, channels);
        number += channels;
      }
    }
  }
}

/** Channels from the `number`-th on into their panels; zeros if `from` is 0. */
function copyChannels(from: usize, to: usize, number: i32, channels: i32): void {
  if ((channels & 3) === 0) {
    let panel = to + <usize>((number >> 2) * SEEN_PANEL);
    for (let channel = 0; channel < channels; channel += 4) {
      v128.store(panel, from === 0 ? f32x4.splat(0) : v128.load(from + ((<usize>channel) << 2)));
      panel += SEEN_PANEL;
    }
    return;
  }
  for (let channel = 0; channel < channels; channel++) {
    const index = number + channel;
    const panel = to + <usize>((index >> 2) * SEEN_PANEL + ((index & 3) << 2));
    store<f32>(panel, from === 0 ? 0 : load<f32>(from + ((<usize>channel) << 2)));
  }
}

/** Adds four times eight sums of products to their tile. */
function addProducts(a: usize, b: usize, tile: usize, count: i32): void {
  let c00 = v128.load(tile);
  let c01 = v128.load(tile, 16);
  let c10 = v128.load(tile, 32);
  let c11 = v128.load(tile, 48);
  let c20 = v128.load(tile, 64);
  let c21 = v128.load(tile, 80);
  let c30 = v128.load(tile, 96);
  let c31 = v128.load(tile, 112);
  const end = a + ((<usize>count) << 4);
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const s0 = v128.load_splat<f32>(a);
    c00 = f32x4.add(c00, f32x4.mul(s0, b0));
    c01 = f32x4.add(c01, f32x4.mul(s0, b1));
    const s1 = v128.load_splat<f32>(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(s1, b0));
    c11 = f32x4.add(c11, f32x4.mul(s1, b1));
    const s2 = v128.load_splat<f32>(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(s2, b0));
    c21 = f32x4.add(c21, f32x4.mul(s2, b1));
    const s3 = v128.load_splat<f32>(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(s3, b0));
    c31 = f32x4.add(c31, f32x4.mul(s3, b1));
    a += 16;
    b += 32;
  }
  v128.store(tile, c00);
  v128.store(tile, c01, 16);
  v128.store(tile, c10, 32);
  v128.store(tile, c11, 48);
  v128.store(tile, c20, 64);
  v128.store(tile, c21, 80);
  v128.store(tile, c30, 96);
  v128.store(tile, c31, 112);
}

/** Tiles as rows of filters. */
function unpack(tiles: usize, filters: usize, depth: i32, out: i32, across: i32): void {
  let to = filters;
  for (let number = 0; number < depth; number++) {
    for (let filter = 0; filter < out; filter++) {
      const tile = tiles + ((<usize>((number >> 2) * across + (filter >> 3))) << 7);
      store<f32>(to, load<f32>(tile + ((<usize>(((number & 3) << 3) + (filter & 7))) << 2)));
      to += 4;
    }
  }
}

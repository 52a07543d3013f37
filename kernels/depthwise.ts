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

/**
 * The gradient of a depthwise convolution's input: every gradient goes back to the places that its window saw, times the
 * kernel `[place, channel, multiplier]`.
 */
export function depthwiseInput(dy: usize, kernel: usize, dx: usize, geometry: usize): void {
  const rows = batchOf(geometry) * inputRows(geometry);
  memory.fill(dx, 0, (<usize>(rows * inputColumns(geometry) * inputChannels(geometry))) << 2);
  slide(dy, kernel, dx, 0, geometry);
}

/** The gradient of a depthwise convolution's kernel, summed a row of the output at a time in `scratch`, which is as large. */
export function depthwiseFilter(
  x: usize,
  dy: usize,
  filters: usize,
  geometry: usize,
  scratch: usize,
): void {
  const places = windowRows(geometry) * windowColumns(geometry);
  memory.fill(filters, 0, (<usize>(places * outputChannels(geometry))) << 2);
  slide(dy, filters, x, scratch, geometry);
}

/** Both walk alike: over the places of the output, and from each over those of the window. Into the input if `sums` is 0, else into `kernel`. */
function slide(dy: usize, kernel: usize, x: usize, sums: usize, geometry: usize): void {
  const channels = inputChannels(geometry);
  const out = outputChannels(geometry);
  const height = outputRows(geometry);
  const size = windowRows(geometry) * windowColumns(geometry) * out;
  for (let sample = 0; sample < batchOf(geometry); sample++) {
    for (let row = 0; row < height; row++) {
      if (sums !== 0) memory.fill(sums, 0, (<usize>size) << 2);
      for (let y = 0; y < windowRows(geometry); y++) {
        const down =
          row * strideDown(geometry) + y * dilationDown(geometry) - borderAbove(geometry);
        if (down < 0 || down >= inputRows(geometry)) continue;
        const line = (sample * inputRows(geometry) + down) * inputColumns(geometry) * channels;
        const gradients = (sample * height + row) * outputColumns(geometry) * out;
        const filters = y * windowColumns(geometry) * out;
        slideRow(
          dy + ((<usize>gradients) << 2),
          (sums === 0 ? kernel : sums) + ((<usize>filters) << 2),
          x + ((<usize>line) << 2),
          sums !== 0,
          geometry,
        );
      }
      if (sums !== 0) addNumbers(kernel, sums, size);
    }
  }
}

function slideRow(dy: usize, filters: usize, line: usize, toFilters: bool, geometry: usize): void {
  const channels = inputChannels(geometry);
  const out = outputChannels(geometry);
  const columns = inputColumns(geometry);
  for (let column = 0; column < outputColumns(geometry); column++) {
    const gradients = dy + ((<usize>(column * out)) << 2);
    for (let x = 0; x < windowColumns(geometry); x++) {
      const across =
        column * strideRight(geometry) + x * dilationRight(geometry) - borderLeft(geometry);
      if (across < 0 || across >= columns) continue;
      const numbers = line + ((<usize>(across * channels)) << 2);
      const filter = filters + ((<usize>(x * out)) << 2);
      if (out !== channels) {
        multiplied(gradients, filter, numbers, channels, out / channels, toFilters);
      } else if (toFilters) addProducts(filter, gradients, numbers, channels);
      else addProducts(numbers, gradients, filter, channels);
    }
  }
}

/** Several filters for each channel. */
function multiplied(
  dy: usize,
  filter: usize,
  numbers: usize,
  channels: i32,
  multiplier: i32,
  toFilters: bool,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const number = numbers + ((<usize>channel) << 2);
    for (let one = 0; one < multiplier; one++) {
      const at = (<usize>(channel * multiplier + one)) << 2;
      if (toFilters) {
        store<f32>(filter + at, load<f32>(filter + at) + load<f32>(dy + at) * load<f32>(number));
      } else {
        store<f32>(number, load<f32>(number) + load<f32>(dy + at) * load<f32>(filter + at));
      }
    }
  }
}

function addProducts(to: usize, a: usize, b: usize, count: i32): void {
  const end = to + ((<usize>count) << 2);
  while (to + 16 <= end) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(a), v128.load(b))));
    to += 16;
    a += 16;
    b += 16;
  }
  while (to < end) {
    store<f32>(to, load<f32>(to) + load<f32>(a) * load<f32>(b));
    to += 4;
    a += 4;
    b += 4;
  }
}

function addNumbers(to: usize, a: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    store<f32>(to, load<f32>(to) + load<f32>(a));
    to += 4;
    a += 4;
  }
}

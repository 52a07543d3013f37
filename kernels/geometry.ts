// How a window slides, as the kernels read it: eighteen numbers of 32 bits at an address.

/** Samples. */
export function batchOf(geometry: usize): i32 {
  return load<i32>(geometry);
}

/** Rows of the input. */
export function inputRows(geometry: usize): i32 {
  return load<i32>(geometry, 4);
}

/** Columns of the input. */
export function inputColumns(geometry: usize): i32 {
  return load<i32>(geometry, 8);
}

/** Channels of the input. */
export function inputChannels(geometry: usize): i32 {
  return load<i32>(geometry, 12);
}

/** Rows of the output. */
export function outputRows(geometry: usize): i32 {
  return load<i32>(geometry, 16);
}

/** Columns of the output. */
export function outputColumns(geometry: usize): i32 {
  return load<i32>(geometry, 20);
}

/** Channels of the output. */
export function outputChannels(geometry: usize): i32 {
  return load<i32>(geometry, 24);
}

/** Rows of the window. */
export function windowRows(geometry: usize): i32 {
  return load<i32>(geometry, 28);
}

/** Columns of the window. */
export function windowColumns(geometry: usize): i32 {
  return load<i32>(geometry, 32);
}

/** Steps down. */
export function strideDown(geometry: usize): i32 {
  return load<i32>(geometry, 36);
}

/** Steps to the right. */
export function strideRight(geometry: usize): i32 {
  return load<i32>(geometry, 40);
}

/** Rows from one place of the window to the next. */
export function dilationDown(geometry: usize): i32 {
  return load<i32>(geometry, 44);
}

/** Columns from one place of the window to the next. */
export function dilationRight(geometry: usize): i32 {
  return load<i32>(geometry, 48);
}

/** Rows of the border above. */
export function borderAbove(geometry: usize): i32 {
  return load<i32>(geometry, 52);
}

/** Columns of the border on the left. */
export function borderLeft(geometry: usize): i32 {
  return load<i32>(geometry, 56);
}

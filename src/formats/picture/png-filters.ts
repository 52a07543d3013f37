/** How the rows of a PNG lie in its uncompressed data. */
export interface PngLayout {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly depth: number;
  /** One, or the seven of an interlaced picture. */
  readonly passes: readonly PngPass[];
}

/** A coarse picture of an interlaced PNG: every `stepX`th column and `stepY`th row from `x`, `y`. */
export interface PngPass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
  readonly rowBytes: number;
}

/**
 * The samples of all rows, filters undone and passes put in place; undefined where a row names a filter that does
 * not exist. @see W3C PNG, 9 Filtering and 8.1 Interlace
 */
export function unfilter(raw: Uint8Array, layout: PngLayout): Uint8Array | undefined {
  const step = Math.max(1, layout.bitsPerPixel >> 3);
  const target = new Uint8Array(
    Math.ceil((layout.width * layout.bitsPerPixel) / 8) * layout.height,
  );
  let at = 0;
  for (const pass of layout.passes) {
    let above: Uint8Array = new Uint8Array(pass.rowBytes);
    for (let y = 0; y < pass.height; y++) {
      const filter = raw[at] ?? 0;
      const row = raw.subarray(at + 1, at + 1 + pass.rowBytes);
      if (!undo(filter, row, above, step)) return undefined;
      place(row, target, layout, pass, pass.y + y * pass.stepY);
      above = row;
      at += pass.rowBytes + 1;
    }
  }
  return target;
}

/** Undoes the filter of one row in place. */
function undo(filter: number, row: Uint8Array, above: Uint8Array, step: number): boolean {
  const { length } = row;
  switch (filter) {
    case 0:
      return true;
    case 1:
      for (let i = step; i < length; i++) row[i] = (row[i] ?? 0) + (row[i - step] ?? 0);
      return true;
    case 2:
      for (let i = 0; i < length; i++) row[i] = (row[i] ?? 0) + (above[i] ?? 0);
      return true;
    case 3:
      for (let i = 0; i < length; i++) {
        const left = i < step ? 0 : (row[i - step] ?? 0);
        row[i] = (row[i] ?? 0) + ((left + (above[i] ?? 0)) >> 1);
      }
      return true;
    case 4:
      undoPaeth(row, above, step);
      return true;
    default:
      return false;
  }
}

function undoPaeth(row: Uint8Array, above: Uint8Array, step: number): void {
  for (let i = 0; i < row.length; i++) {
    const left = i < step ? 0 : (row[i - step] ?? 0);
    const corner = i < step ? 0 : (above[i - step] ?? 0);
    const up = above[i] ?? 0;
    const toLeft = Math.abs(up - corner);
    const toUp = Math.abs(left - corner);
    const toCorner = Math.abs(left + up - corner - corner);
    const nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    row[i] = (row[i] ?? 0) + nearest;
  }
}

function place(
  row: Uint8Array,
  target: Uint8Array,
  layout: PngLayout,
  pass: PngPass,
  y: number,
): void {
  const { bitsPerPixel } = layout;
  const start = y * Math.ceil((layout.width * bitsPerPixel) / 8);
  if (pass.stepX === 1) {
    target.set(row, start);
    return;
  }
  for (let x = 0; x < pass.width; x++) {
    const column = pass.x + x * pass.stepX;
    if (bitsPerPixel >= 8) {
      const size = bitsPerPixel >> 3;
      target.set(row.subarray(x * size, (x + 1) * size), start + column * size);
    } else {
      const bits = ((row[(x * bitsPerPixel) >> 3] ?? 0) << ((x * bitsPerPixel) & 7)) & 255;
      const value = bits >> (8 - bitsPerPixel);
      const index = start + ((column * bitsPerPixel) >> 3);
      const shift = 8 - bitsPerPixel - ((column * bitsPerPixel) & 7);
      target[index] = (target[index] ?? 0) | (value << shift);
    }
  }
}

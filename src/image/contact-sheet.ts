import { convertPixels, type Pixels } from "./pixels.ts";

/** Pixels between two pictures of a sheet, and around all. */
const GAP = 4;

/**
 * Pictures in rows on a white sheet, from left to right, in colour; the rows may be of different lengths, and each is as high
 * as its highest picture.
 */
export function contactSheet(rows: readonly (readonly Pixels[])[]): Pixels {
  const heights = rows.map((row) => Math.max(0, ...row.map(({ height }) => height)));
  const widths = rows.map((row) => row.reduce((sum, { width }) => sum + width + GAP, GAP));
  const width = Math.max(GAP, ...widths);
  const height = heights.reduce((sum, own) => sum + own + GAP, GAP);
  const data = new Uint8Array(width * height * 3).fill(255);
  let top = GAP;
  for (const [index, row] of rows.entries()) {
    let left = GAP;
    for (const picture of row) {
      place(convertPixels(picture, "rgb"), { width, data }, left, top);
      left += picture.width + GAP;
    }
    top += (heights[index] ?? 0) + GAP;
  }
  return { width, height, channels: 3, data };
}

function place(
  picture: Pixels,
  sheet: { readonly width: number; readonly data: Uint8Array },
  left: number,
  top: number,
): void {
  const rowBytes = picture.width * 3;
  for (let y = 0; y < picture.height; y++) {
    const row = picture.data.subarray(y * rowBytes, (y + 1) * rowBytes);
    sheet.data.set(row, ((top + y) * sheet.width + left) * 3);
  }
}

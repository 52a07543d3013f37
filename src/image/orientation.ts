import type { Pixels } from "./pixels.ts";

/** Where a pixel of the upright picture comes from: along rows or columns, each from its start or its end. */
interface Walk {
  readonly swapped: boolean;
  readonly fromRight: boolean;
  readonly fromBottom: boolean;
}

const UPRIGHT: Walk = { swapped: false, fromRight: false, fromBottom: false };

/** By the number of Exif's `Orientation`. @see CIPA DC-008 (Exif 2.32) 4.6.4; Pillow's `ImageOps.exif_transpose` */
const WALKS: readonly Walk[] = [
  UPRIGHT,
  UPRIGHT,
  { swapped: false, fromRight: true, fromBottom: false },
  { swapped: false, fromRight: true, fromBottom: true },
  { swapped: false, fromRight: false, fromBottom: true },
  { swapped: true, fromRight: false, fromBottom: false },
  { swapped: true, fromRight: false, fromBottom: true },
  { swapped: true, fromRight: true, fromBottom: true },
  { swapped: true, fromRight: true, fromBottom: false },
];

/** The picture as it was seen, from how the camera was held (1 upright, 2–8). Keras does not do this. */
export function turnUpright(picture: Pixels, orientation: number): Pixels {
  const walk = WALKS[orientation] ?? UPRIGHT;
  if (walk === UPRIGHT) return picture;
  const { channels, data } = picture;
  const { swapped, fromRight, fromBottom } = walk;
  const width = swapped ? picture.height : picture.width;
  const height = swapped ? picture.width : picture.height;
  const result = new Uint8Array(data.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = swapped ? y : x;
      const row = swapped ? x : y;
      const fromX = fromRight ? picture.width - 1 - column : column;
      const fromY = fromBottom ? picture.height - 1 - row : row;
      const from = (fromY * picture.width + fromX) * channels;
      for (let c = 0; c < channels; c++) result[to++] = data[from + c] ?? 0;
    }
  }
  return { width, height, channels, data: result };
}

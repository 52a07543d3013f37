/** How a camera was held: 1 upright, 2–8 as the Exif tag `Orientation` numbers flips and turns. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/**
 * The orientation in a block of Exif, which is a TIFF file; 1 where there is none or the block is damaged, as Pillow
 * has it. @see CIPA DC-008 (Exif 2.32) 4.6.4, tag 0x0112
 */
export function exifOrientation(block: Uint8Array): Orientation {
  const start = block[0] === 0x45 && block[1] === 0x78 ? 6 : 0;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  if (block.length < start + 8) return 1;
  const little = view.getUint16(start, true) === 0x4949;
  const directory = start + view.getUint32(start + 4, little);
  if (directory + 2 > block.length) return 1;
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + i * 12;
    if (at + 12 > block.length) return 1;
    if (view.getUint16(at, little) === 0x0112) return known(view.getUint16(at + 8, little));
  }
  return 1;
}

function known(value: number): Orientation {
  switch (value) {
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
      return value;
    default:
      return 1;
  }
}

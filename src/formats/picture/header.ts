import { fail } from "../../errors.ts";
import { bmpSize } from "./bmp.ts";
import { exifOrientation, type Orientation } from "./exif.ts";
import { gifSize } from "./gif.ts";
import { readJpegHeader } from "./jpeg.ts";
import { otherPicture, type PictureKind, pictureKind } from "./kind.ts";
import { checkSize } from "./picture.ts";
import { pngExif, pngSize } from "./png.ts";
import { readWebpHeader } from "./webp.ts";

/** What a picture file says before it is decoded. */
export interface PictureHeader {
  readonly kind: PictureKind;
  /** In pixels, before it is turned. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

/**
 * Reads the header of a JPEG, PNG, WebP, GIF or BMP file. Throws `bad-format` for other files, `corrupt-file` for
 * damaged ones, `limit` beyond 2^26 pixels.
 */
export function readPictureHeader(bytes: Uint8Array, file: string): PictureHeader {
  const kind = pictureKind(bytes);
  if (kind === undefined) return refuse(bytes, file);
  const { width, height, exif } = sizeOf(kind, bytes, file);
  checkSize(width, height, file);
  return { kind, width, height, orientation: exif === undefined ? 1 : exifOrientation(exif) };
}

interface Size {
  readonly width: number;
  readonly height: number;
  readonly exif?: Uint8Array | undefined;
}

function sizeOf(kind: PictureKind, bytes: Uint8Array, file: string): Size {
  switch (kind) {
    case "jpeg":
      return readJpegHeader(bytes, file);
    case "webp":
      return readWebpHeader(bytes, file);
    case "png": {
      const [width, height] = pngSize(bytes, file);
      return { width, height, exif: pngExif(bytes, file) };
    }
    case "gif": {
      const [width, height] = gifSize(bytes, file);
      return { width, height };
    }
    case "bmp": {
      const [width, height] = bmpSize(bytes, file);
      return { width, height };
    }
  }
}

function refuse(bytes: Uint8Array, file: string): never {
  const other = otherPicture(bytes);
  const what = other === undefined ? "This is no picture" : `This is ${other}`;
  return fail("bad-format", `${what}, expected JPEG, PNG, WebP, GIF or BMP.`, { at: { file } });
}

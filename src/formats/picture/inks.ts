import jpeg from "jpeg-js";
import { endsProperly, readJpegHeader } from "./jpeg.ts";
import { damaged, MOST_PIXELS, notRead, type Picture } from "./picture.ts";

/**
 * Decodes a JPEG of four inks (CMYK, YCCK) to red, green, blue without a colour profile, as Pillow does. Throws
 * `corrupt-file`, `unsupported` without Adobe's marker, which says how the inks are meant.
 */
export function decodeInks(bytes: Uint8Array, file: string): Picture {
  const { adobe } = readJpegHeader(bytes, file);
  if (adobe === undefined) return notRead(file, "JPEGs of four channels without Adobe's marker");
  if (!endsProperly(bytes)) return damaged(file, "it ends before the last pixel");
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: 2048,
  });
  return { width, height, channels: 3, data };
}

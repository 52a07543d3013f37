import type { Picture } from "../../formats/picture/picture.ts";

/** Decodes a JPEG of one or three components; undefined where it has any doubt about the file. */
export type NativeDecoder = (bytes: Uint8Array) => Promise<Picture | undefined>;

/**
 * JPEG by sharp, where it is installed: the same pixels as those of the wasm decoder, two to three times as fast. What
 * sharp does not like is left to the other decoder, so that both give the same verdict.
 */
export async function openNativeDecoder(): Promise<NativeDecoder | undefined> {
  try {
    const { default: sharp } = await import("sharp");
    // The pool decodes side by side already, and no picture is decoded twice.
    sharp.concurrency(1);
    sharp.cache(false);
    return async (bytes) => {
      try {
        const image = sharp(bytes, { failOn: "warning", ignoreIcc: true, limitInputPixels: false });
        const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
        const { width, height, channels } = info;
        if (channels !== 1 && channels !== 3) return undefined;
        return {
          width,
          height,
          channels,
          data: new Uint8Array(data.buffer, data.byteOffset, data.length),
        };
      } catch {
        return undefined;
      }
    };
  } catch {
    // An optional dependency: not installed, or not for this system.
    return undefined;
  }
}

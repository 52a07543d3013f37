import { readFileSync } from "node:fs";
import jpeg from "jpeg-js";
import { turnUpright } from "../../image/orientation.ts";
import { convertPixels } from "../../image/pixels.ts";
import { resizePixels } from "../../image/resize.ts";
import { openPictureDecoder } from "./decoder.ts";

/** How small pictures are made. */
export interface ThumbnailOptions {
  /** The longer side in pixels; 128 by default. */
  readonly size?: number;
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Small pictures as `data:` URIs, by the keys of `paths`, turned upright as one looks at them; a picture that cannot be read has none. */
export async function makeThumbnails<Key>(
  paths: ReadonlyMap<Key, string>,
  { size = 128, signal }: ThumbnailOptions = {},
): Promise<ReadonlyMap<Key, string>> {
  const decoder = await openPictureDecoder();
  const made = new Map<Key, string>();
  for (const [key, path] of paths) {
    signal?.throwIfAborted();
    try {
      const picture = await decoder.decode(readFileSync(path), path);
      const upright = convertPixels(turnUpright(picture, picture.orientation), "rgb");
      made.set(key, dataUri(shrink(upright, size)));
    } catch {
      // Told already when it was to be predicted; a report without one picture is still right.
    }
  }
  return made;
}

function shrink(picture: ReturnType<typeof convertPixels>, size: number) {
  const factor = Math.min(1, size / Math.max(picture.width, picture.height));
  const side = (length: number) => Math.max(1, Math.round(length * factor));
  const options = { width: side(picture.width), height: side(picture.height) };
  return resizePixels(picture, { ...options, interpolation: "bicubic" });
}

/** Encoded by the same library everywhere, so that equal pictures give equal reports. */
function dataUri(picture: ReturnType<typeof convertPixels>): string {
  const { width, height } = picture;
  const { data } = jpeg.encode({ width, height, data: convertPixels(picture, "rgba").data }, 78);
  return `data:image/jpeg;base64,${Buffer.from(data).toString("base64")}`;
}

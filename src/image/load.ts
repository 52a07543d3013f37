import { turnUpright } from "./orientation.ts";
import { type ColorMode, convertPixels, type Pixels } from "./pixels.ts";
import { centerBox, type Interpolation, resizePixels } from "./resize.ts";

/** How a decoded picture becomes what the network is shown, as Keras' `load_img` takes it. */
export interface LoadOptions {
  /** Size in pixels; the picture's own without it. */
  readonly size?: { readonly width: number; readonly height: number };
  /** `rgb` by default. */
  readonly colorMode?: ColorMode;
  /** `nearest` by default. */
  readonly interpolation?: Interpolation;
  /** `stretch` (the default), or `center-crop` as Keras' `keep_aspect_ratio`. */
  readonly fit?: "stretch" | "center-crop";
  /** `ignore` by default, as Keras does: a turned photo stays lying. */
  readonly exif?: "ignore" | "turn";
}

/** Pixels with the camera's orientation, as a decoder gives them. */
export interface OrientedPixels extends Pixels {
  readonly orientation: number;
}

/** The pixels of `load_img(path, color_mode, target_size, interpolation, keep_aspect_ratio)`, bit for bit. */
export function fitPicture(picture: OrientedPixels, options: LoadOptions = {}): Pixels {
  const { size, colorMode = "rgb", interpolation = "nearest", fit = "stretch" } = options;
  const seen = options.exif === "turn" ? turnUpright(picture, picture.orientation) : picture;
  const converted = convertPixels(seen, colorMode);
  if (size === undefined) return converted;
  const { width, height } = size;
  // Keras crops only where the size differs.
  if (fit === "stretch" || (width === converted.width && height === converted.height)) {
    return resizePixels(converted, { width, height, interpolation });
  }
  const box = centerBox(converted, width, height);
  return resizePixels(converted, { width, height, interpolation, box });
}

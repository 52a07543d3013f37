import { fail, KcError } from "../../errors.ts";
import { decodeBmp } from "../../formats/picture/bmp.ts";
import { decodeGif } from "../../formats/picture/gif.ts";
import { type PictureHeader, readPictureHeader } from "../../formats/picture/header.ts";
import { decodeInks } from "../../formats/picture/inks.ts";
import { countScans, readJpegHeader } from "../../formats/picture/jpeg.ts";
import { damaged, type Picture } from "../../formats/picture/picture.ts";
import { decodePng } from "../../formats/picture/png.ts";
import { onCanvas, readWebpHeader } from "../../formats/picture/webp.ts";
import { type NativeDecoder, openNativeDecoder } from "./native.ts";
import { openJpegDecoder, openWebpDecoder, type WasmDecoder } from "./wasm.ts";

/** Decodes pictures of every kind that is read; one after the other, or several at once. */
export interface PictureDecoder {
  /** Which library decodes JPEGs. Both give the same pixels. */
  readonly jpeg: "sharp" | "wasm";
  /**
   * The pixels as Pillow decodes them, not turned. Throws `bad-format`, `corrupt-file`, `unsupported`, or `limit` beyond
   * 2^26 pixels; `file` is the name in these errors.
   */
  decode(bytes: Uint8Array, file: string): Promise<DecodedPicture>;
}

/** Pixels, and how the camera was held. */
export interface DecodedPicture extends Picture {
  readonly kind: PictureHeader["kind"];
  readonly orientation: PictureHeader["orientation"];
}

/** How to decode. */
export interface DecoderOptions {
  /** `wasm` leaves sharp alone even where it is installed. */
  readonly jpeg?: "auto" | "wasm";
}

/** Opens the decoders; those of JPEG and WebP are loaded with the first picture that needs them. */
export async function openPictureDecoder(options: DecoderOptions = {}): Promise<PictureDecoder> {
  const native = options.jpeg === "wasm" ? undefined : await openNativeDecoder();
  let jpeg: Promise<WasmDecoder> | undefined;
  let webp: Promise<WasmDecoder> | undefined;
  const codecs: Codecs = {
    native,
    jpeg: () => (jpeg ??= openJpegDecoder()),
    webp: () => (webp ??= openWebpDecoder()),
  };
  return {
    jpeg: native === undefined ? "wasm" : "sharp",
    async decode(bytes, file) {
      try {
        const { kind, orientation, width, height } = readPictureHeader(bytes, file);
        const picture = await decodeKind(kind, bytes, file, codecs);
        if (picture.width !== width || picture.height !== height) {
          return damaged(file, "its size is another than its header says");
        }
        return { ...picture, kind, orientation };
      } catch (error) {
        if (error instanceof KcError) throw error;
        const text = error instanceof Error ? error.message : String(error);
        return fail("corrupt-file", `The picture cannot be decoded: ${text}.`, {
          at: { file },
          cause: error,
        });
      }
    },
  };
}

interface Codecs {
  readonly native: NativeDecoder | undefined;
  readonly jpeg: () => Promise<WasmDecoder>;
  readonly webp: () => Promise<WasmDecoder>;
}

/** More scans than any encoder writes; each costs as much as decoding the picture. */
const MOST_SCANS = 500;

async function decodeKind(
  kind: PictureHeader["kind"],
  bytes: Uint8Array,
  file: string,
  codecs: Codecs,
): Promise<Picture> {
  switch (kind) {
    case "png":
      return decodePng(bytes, file);
    case "gif":
      return decodeGif(bytes, file);
    case "bmp":
      return decodeBmp(bytes, file);
    case "jpeg":
      return decodeJpeg(bytes, file, codecs);
    case "webp": {
      const header = readWebpHeader(bytes, file);
      const frame = await (await codecs.webp())(header.still, file);
      const placed = onCanvas(frame, header);
      return header.alpha ? placed : withoutAlpha(placed, 3);
    }
  }
}

async function decodeJpeg(bytes: Uint8Array, file: string, codecs: Codecs): Promise<Picture> {
  const { components } = readJpegHeader(bytes, file);
  if (countScans(bytes) > MOST_SCANS) {
    return fail("limit", `The picture has more than ${MOST_SCANS} scans.`, { at: { file } });
  }
  if (components === 4) return decodeInks(bytes, file);
  const picture = await codecs.native?.(bytes);
  if (picture !== undefined) return withoutAlpha(picture, components === 1 ? 1 : 3);
  const decoded = await (await codecs.jpeg())(bytes, file);
  return withoutAlpha(decoded, components === 1 ? 1 : 3);
}

/** The first one or three channels; gray that comes as three equal colours is one. */
function withoutAlpha(picture: Picture, channels: 1 | 3): Picture {
  const { width, height, channels: given, data } = picture;
  if (given === channels) return picture;
  const result = new Uint8Array(width * height * channels);
  if (channels === 1) {
    for (let i = 0; i < result.length; i++) result[i] = data[i * given] ?? 0;
  } else {
    for (let from = 0, to = 0; to < result.length; from += given, to += 3) {
      result[to] = data[from] ?? 0;
      result[to + 1] = data[from + 1] ?? 0;
      result[to + 2] = data[from + 2] ?? 0;
    }
  }
  return { width, height, channels, data: result };
}

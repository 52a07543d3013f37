import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { damaged, type Picture } from "../../formats/picture/picture.ts";

/** Decodes one format to red, green, blue, alpha. */
export type WasmDecoder = (bytes: Uint8Array, file: string) => Promise<Picture>;

/** A codec of the Squoosh application, as @jsquash packs them. */
interface Codec {
  readonly default: (bytes: ArrayBuffer) => Promise<unknown>;
  readonly init: (options: CodecOptions) => Promise<void>;
}

interface CodecOptions {
  readonly wasmBinary: Uint8Array;
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
}

/** JPEG by mozjpeg, whose decoder is libjpeg-turbo's: the pixels are Pillow's. Loaded when the first one is decoded. */
export async function openJpegDecoder(): Promise<WasmDecoder> {
  return open(await import("@jsquash/jpeg/decode.js"), "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
}

/** WebP by Google's libwebp: the pixels are Pillow's. */
export async function openWebpDecoder(): Promise<WasmDecoder> {
  return open(await import("@jsquash/webp/decode.js"), "@jsquash/webp/codec/dec/webp_dec.wasm");
}

/** What libjpeg only warns of although pixels are lost; stray bytes between markers are not among it. */
const LOST = /premature end|corrupt jpeg data: (?!\d+ extraneous)|invalid|bogus|inconsistent/i;

async function open(codec: Codec, wasm: string): Promise<WasmDecoder> {
  const wasmBinary = readFileSync(createRequire(import.meta.url).resolve(wasm));
  let said: string[] = [];
  const start = (): Promise<void> =>
    codec.init({
      wasmBinary,
      print: (text) => void said.push(text),
      printErr: (text) => void said.push(text),
    });
  await start();
  return async (bytes, file) => {
    said = [];
    let decoded: unknown;
    try {
      // A copy: the codec wants a buffer, and `bytes` may be a part of one.
      decoded = await codec.default(new Uint8Array(bytes).buffer);
    } catch (error) {
      // The program inside has ended; its memory is as it fell.
      await start();
      return damaged(file, said[0] ?? (error instanceof Error ? error.message : String(error)));
    }
    const lost = said.find((text) => LOST.test(text));
    if (lost !== undefined) return damaged(file, lost);
    return parse(decoded, file);
  };
}

function parse(decoded: unknown, file: string): Picture {
  if (typeof decoded !== "object" || decoded === null) return damaged(file, "its data is damaged");
  const data = "data" in decoded ? decoded.data : undefined;
  const width = "width" in decoded ? Number(decoded.width) : 0;
  const height = "height" in decoded ? Number(decoded.height) : 0;
  if (!(data instanceof Uint8ClampedArray) || data.length !== width * height * 4) {
    return damaged(file, "the decoder gave no pixels");
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { width, height, channels: 4, data: bytes };
}

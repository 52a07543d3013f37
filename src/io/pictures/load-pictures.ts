import { readFileSync } from "node:fs";
import { KcError } from "../../errors.ts";
import { fitPicture, type LoadOptions } from "../../image/load.ts";
import { CHANNELS } from "../../image/pixels.ts";
import { type PrepareOptions, preparePixels } from "../../image/prepare.ts";
import { systemText } from "../system-error.ts";
import type { PictureDecoder } from "./decoder.ts";

/** What every picture of a set becomes. */
export interface InputOptions extends LoadOptions, PrepareOptions {
  readonly size: { readonly width: number; readonly height: number };
}

/** Pictures to be loaded one after the other; it may be sent to a worker. */
export interface LoadTask {
  readonly paths: readonly string[];
  readonly options: InputOptions;
  readonly jpeg: "auto" | "wasm";
  /** Where the inputs of those that can be loaded go, one behind the other. */
  readonly target: Float32Array;
}

/** How many numbers one picture becomes. */
export function inputLength({ size, colorMode = "rgb" }: InputOptions): number {
  return size.width * size.height * CHANNELS[colorMode];
}

/** Reads, decodes, fits and prepares pictures. For each, what is wrong with it, or undefined where it was loaded. */
export async function loadPictures(
  decoder: PictureDecoder,
  { paths, options, target }: LoadTask,
): Promise<readonly (string | undefined)[]> {
  const faults: (string | undefined)[] = [];
  let at = 0;
  for (const path of paths) {
    try {
      const picture = await decoder.decode(readFileSync(path), path);
      preparePixels(fitPicture(picture, options), options, target, at);
      at += inputLength(options);
      faults.push(undefined);
    } catch (error) {
      faults.push(sentenceOf(error));
    }
  }
  return faults;
}

/** Without the name of the file, which is told beside it. */
function sentenceOf(error: unknown): string {
  if (error instanceof KcError) return error.diagnostics[0]?.text ?? error.message;
  return `It cannot be read: ${systemText(error)}.`;
}

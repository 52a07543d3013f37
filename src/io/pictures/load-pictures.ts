import { readFileSync } from "node:fs";
import { KcError } from "../../errors.ts";
import type { FillOptions } from "../../image/augment/affine-transform.ts";
import { applyTransform } from "../../image/augment/apply-transform.ts";
import { changeInVectors } from "../../image/augment/augment-vectors.ts";
import { floatPixels } from "../../image/augment/float-pixels.ts";
import type { TransformParameters } from "../../image/augment/generator.ts";
import { type Samplewise, standardize } from "../../image/augment/standardize.ts";
import { fitPicture, type LoadOptions } from "../../image/load.ts";
import { CHANNELS, type Pixels } from "../../image/pixels.ts";
import { type PrepareOptions, prepareNumbers, preparePixels } from "../../image/prepare.ts";
import { systemText } from "../system-error.ts";
import type { PictureDecoder } from "./decoder.ts";

/** What every picture of a set becomes. */
export interface InputOptions extends LoadOptions, PrepareOptions {
  readonly size: { readonly width: number; readonly height: number };
  /** What is taken off the prepared numbers of each picture; nothing by default. */
  readonly samplewise?: Samplewise;
}

/** Pictures to be loaded one after the other; it may be sent to a worker. */
export interface LoadTask {
  readonly paths: readonly string[];
  readonly options: InputOptions;
  readonly jpeg: "auto" | "wasm";
  /** Where the inputs of those that can be loaded go, one behind the other. */
  readonly target: Float32Array;
  /** What happens to each picture between loading and preparing. */
  readonly changes?: {
    readonly transforms: readonly TransformParameters[];
    readonly fill: FillOptions;
  };
  /** For each picture where its pixels are kept, or to be kept. */
  readonly kept?: readonly (KeptPixels | undefined)[];
}

/** Memory for the pixels of a picture in their final size, shared by all threads. */
export interface KeptPixels {
  readonly data: Uint8Array;
  /** Whether they are there already, so that the file need not be read. */
  readonly isFilled: boolean;
}

/** How many numbers one picture becomes. */
export function inputLength({ size, colorMode = "rgb" }: InputOptions): number {
  return size.width * size.height * CHANNELS[colorMode];
}

/** The shape of a network's input for one picture, batch left out. */
export function inputShape({ size, colorMode = "rgb", layout }: InputOptions): readonly number[] {
  const { width, height } = size;
  const channels = CHANNELS[colorMode];
  return layout === "channels-first" ? [channels, height, width] : [height, width, channels];
}

/** Reads, decodes, fits, changes and prepares pictures. For each, what is wrong with it, or undefined where it was loaded. */
export async function loadPictures(
  decoder: PictureDecoder,
  task: LoadTask,
): Promise<readonly (string | undefined)[]> {
  const length = inputLength(task.options);
  const faults: (string | undefined)[] = [];
  let at = 0;
  for (const [index, path] of task.paths.entries()) {
    try {
      const pixels = await pixelsOf(decoder, path, task.options, task.kept?.[index]);
      preparePicture(pixels, task, index, at);
      at += length;
      faults.push(undefined);
    } catch (error) {
      faults.push(sentenceOf(error));
    }
  }
  return faults;
}

async function pixelsOf(
  decoder: PictureDecoder,
  path: string,
  options: InputOptions,
  kept: KeptPixels | undefined,
): Promise<Pixels> {
  const { size, colorMode = "rgb" } = options;
  if (kept?.isFilled) return { ...size, channels: CHANNELS[colorMode], data: kept.data };
  const pixels = fitPicture(await decoder.decode(readFileSync(path), path), options);
  kept?.data.set(pixels.data);
  return pixels;
}

function preparePicture(pixels: Pixels, task: LoadTask, index: number, at: number): void {
  const { options, changes, target } = task;
  const transform = changes?.transforms[index];
  if (changes === undefined || transform === undefined) {
    preparePixels(pixels, options, target, at);
  } else if (
    !changeInVectors(pixels, { transform, fill: changes.fill, prepare: options }, target, at)
  ) {
    prepareNumbers(
      applyTransform(floatPixels(pixels), transform, changes.fill),
      options,
      target,
      at,
    );
  }
  standardize(target.subarray(at, at + inputLength(options)), options.samplewise ?? "none");
}

/** Without the name of the file, which is told beside it. */
function sentenceOf(error: unknown): string {
  if (error instanceof KcError) return error.diagnostics[0]?.text ?? error.message;
  return `It cannot be read: ${systemText(error)}.`;
}

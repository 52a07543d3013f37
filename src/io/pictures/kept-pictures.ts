import { freemem } from "node:os";
import type { KeptPixels } from "./load-pictures.ts";

/** Decoded pictures that stay in memory, shared by all threads, until it is full; further ones are decoded every time. */
export interface KeptPictures {
  /** Where the picture is or is to be kept; undefined where there is no room for it. */
  at(sample: number): KeptPixels | undefined;
  /** Says that the pixels are there now. */
  fill(sample: number): void;
}

const MOST_BYTES = 2 ** 30;

/** Memory for pictures of equal size; by default a quarter of what is free, up to 1 GiB. */
export function keepPictures(
  bytesEach: number,
  bytes: number = Math.min(MOST_BYTES, freemem() / 4),
): KeptPictures {
  const room = Math.floor(bytes / bytesEach);
  const places = new Map<number, Uint8Array>();
  const filled = new Set<number>();
  return {
    at(sample) {
      let data = places.get(sample);
      if (data === undefined) {
        if (places.size >= room) return undefined;
        data = new Uint8Array(new SharedArrayBuffer(bytesEach));
        places.set(sample, data);
      }
      return { data, isFilled: filled.has(sample) };
    },
    fill: (sample) => void filled.add(sample),
  };
}

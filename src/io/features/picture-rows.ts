import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fail } from "../../errors.ts";
import type { FeatureStore } from "../../train/features/feature-store.ts";
import { type FeatureCache, openFeatureCache } from "./feature-cache.ts";
import type { SegmentKind } from "./segment.ts";

/** Where the features of pictures are kept. */
export interface PictureRowsOptions extends SegmentKind {
  readonly folder: string;
  /** Whether all rows may be in memory too. */
  readonly memory: "all rows" | "none";
}

/**
 * Features of picture files on disk, found again by the bytes of the pictures, whatever they are called. Rows that are
 * damaged are not there. Throws `io-write` where the folder cannot be made.
 */
export function openPictureRows(
  paths: readonly string[],
  { folder, memory, ...kind }: PictureRowsOptions,
): FeatureStore {
  return new PictureRows(paths, kind, openFeatureCache(folder, kind), memory);
}

class PictureRows implements FeatureStore {
  readonly #cache: FeatureCache;
  readonly #keys: readonly (string | undefined)[];
  readonly #length: number;
  readonly #memory: Map<number, Float32Array> | undefined;
  readonly #known = new Set<number>();

  constructor(
    paths: readonly string[],
    { length }: SegmentKind,
    cache: FeatureCache,
    memory: PictureRowsOptions["memory"],
  ) {
    this.#cache = cache;
    this.#length = length;
    this.#memory = memory === "none" ? undefined : new Map();
    this.#keys = paths.map(keyOf);
    let row = new Float32Array(length);
    for (const [sample, key] of this.#keys.entries()) {
      if (key === undefined || !cache.read(key, row)) continue;
      this.#known.add(sample);
      if (this.#memory === undefined) continue;
      this.#memory.set(sample, row);
      row = new Float32Array(length);
    }
  }

  has(sample: number): boolean {
    return this.#known.has(sample);
  }

  read(sample: number, target: Float32Array): void {
    const row = this.#memory?.get(sample);
    if (row !== undefined) {
      target.set(row);
      return;
    }
    const key = this.#keys[sample];
    if (key !== undefined && this.#cache.read(key, target)) return;
    fail("io-read", "Features on the disk were damaged while they were in use.", {
      hint: "Start again: what is damaged is computed anew.",
    });
  }

  async add(sample: number, row: Float32Array): Promise<void> {
    const key = this.#keys[sample];
    if (key === undefined || row.length !== this.#length) {
      return fail("internal", `No features of ${row.length} numbers can be kept for ${sample}.`);
    }
    await this.#cache.add(key, row);
    this.#known.add(sample);
    this.#memory?.set(sample, Float32Array.from(row));
  }

  flush(): Promise<void> {
    return this.#cache.flush();
  }

  close(): void {
    this.#cache.close();
  }
}

/** SHA-256 of a file; undefined where it cannot be read, which whoever loads the picture tells. */
function keyOf(path: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return undefined;
  }
}

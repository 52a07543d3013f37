import { createHash } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../../errors.ts";
import { systemCode, systemText } from "../system-error.ts";
import { writeOutput } from "../write.ts";
import { openSegment, type Segment, type SegmentKind, segmentBytes } from "./segment.ts";

/**
 * Rows of numbers on disk that outlive a run. Files in it are written whole and never changed, so that several programs may
 * use it at once; any of them may be deleted.
 */
export interface FeatureCache {
  /** Fills `target` with the row of a key; false where there is none, or none that is sound. */
  read(key: string, target: Float32Array): boolean;
  /** Keeps a row; it is on disk after `flush` at the latest. */
  add(key: string, row: Float32Array): Promise<void>;
  flush(): Promise<void>;
  close(): void;
}

/** A file is written as soon as it has so many bytes of rows. */
const SEGMENT_BYTES = 32 << 20;
const EXTENSION = ".rows";

/** Opens the rows that something made, in a folder that is made if need be. Throws `io-write`, `io-read`. */
export function openFeatureCache(folder: string, kind: SegmentKind): FeatureCache {
  const own = join(folder, kind.space.slice(0, 32));
  makeFolder(own);
  const cache = new SegmentedCache(own, kind);
  for (const name of readdirSync(own).sort()) if (name.endsWith(EXTENSION)) cache.open(name);
  return cache;
}

interface Place {
  readonly segment: Segment;
  readonly index: number;
}

class SegmentedCache implements FeatureCache {
  readonly #folder: string;
  readonly #kind: SegmentKind;
  readonly #segments: Segment[] = [];
  /** A damaged row may be in another file again. */
  readonly #places = new Map<string, Place[]>();
  #pending = new Map<string, Float32Array>();

  constructor(folder: string, kind: SegmentKind) {
    this.#folder = folder;
    this.#kind = kind;
  }

  open(name: string): void {
    const segment = openSegment(join(this.#folder, name), this.#kind);
    if (segment === undefined) return;
    this.#segments.push(segment);
    segment.keys.forEach((key, index) => {
      const known = this.#places.get(key) ?? [];
      this.#places.set(key, [...known, { segment, index }]);
    });
  }

  read(key: string, target: Float32Array): boolean {
    const pending = this.#pending.get(key);
    if (pending !== undefined) {
      target.set(pending);
      return true;
    }
    const places = this.#places.get(key) ?? [];
    return places.some(({ segment, index }) => segment.read(index, target));
  }

  async add(key: string, row: Float32Array): Promise<void> {
    this.#pending.set(key, Float32Array.from(row));
    const bytes = this.#pending.size * 4 * this.#kind.length;
    if (bytes >= SEGMENT_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const rows = this.#pending;
    if (rows.size === 0) return;
    // Named after its content: whoever writes the same writes the same file. A damaged one is replaced.
    const hash = createHash("sha256");
    for (const key of rows.keys()) hash.update(key);
    const name = `${hash.digest("hex").slice(0, 32)}${EXTENSION}`;
    const path = join(this.#folder, name);
    await writeOutput(path, segmentBytes(this.#kind, rows), { force: true });
    this.#pending = new Map();
    this.open(name);
  }

  close(): void {
    for (const segment of this.#segments) segment.close();
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    fail("io-write", `The folder ${path} cannot be made: ${systemText(error)}.`, {
      cause: error,
      ...(systemCode(error) === "EEXIST" || systemCode(error) === "ENOTDIR"
        ? { hint: "A file is in its place; give the cache another folder." }
        : {}),
    });
  }
}

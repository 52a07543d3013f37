import { closeSync, fstatSync, readdirSync, readSync, type Stats } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fail } from "../errors.ts";
import { type ByteSource, bytesSource } from "../formats/bytes.ts";
import { filesBeside } from "./beside.ts";
import { openToRead, readFully } from "./descriptor.ts";
import { modelFileIn } from "./path-kind.ts";
import { systemCode, systemText } from "./system-error.ts";

/** A file on disk; close it when the last weight has been read. */
export interface FileSource extends ByteSource {
  close(): void;
}

/** How much may be read into memory where random access is impossible. */
export interface ReadLimits {
  /** In bytes. */
  readonly maxBytes: number;
}

const DEFAULT_LIMITS: ReadLimits = { maxBytes: 2 ** 31 };
const STDIN = 0;
/** Small reads (headers, names) are served from one block of this many bytes. */
const BLOCK = 16_384;
const SMALL = 2_048;

/**
 * Opens a file for random access; nothing is read yet. A folder of TensorFlow.js stands for its `model.json`. Throws
 * `io-read` when it cannot be opened, `bad-format` for another folder.
 */
export function openFile(path: string): FileSource {
  const file = openToRead(path);
  const stats = fstatSync(file);
  if (stats.isDirectory()) {
    closeSync(file);
    const model = modelFileIn(path);
    return model === undefined ? refuseFolder(path) : openFile(model);
  }
  const source = fileSource(file, basename(path), stats.size);
  const beside = filesBeside(path);
  return {
    ...source,
    beside,
    close() {
      source.close();
      beside.close();
    },
  };
}

/**
 * The standard input: random access where it is a file (`< model.h5`), else read to its end into memory.
 * Throws `limit` beyond `limits.maxBytes`, `io-read` when there is none.
 */
export async function readStdin(limits: ReadLimits = DEFAULT_LIMITS): Promise<FileSource> {
  const stats = statInput();
  if (stats.isFile()) return fileSource(STDIN, "standard input", stats.size);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = await readPiece();
    if (chunk.length === 0) break;
    size += chunk.length;
    if (size > limits.maxBytes) {
      fail("limit", `The standard input is longer than ${limits.maxBytes} bytes.`, {
        hint: "Save it to a file: files are read piece by piece, whatever their size.",
      });
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { ...bytesSource(bytes, "standard input"), close: () => {} };
}

/** A whole small text file (labels, an architecture). Throws `io-read`, or `limit` beyond 64 MiB. */
export function readText(path: string, limits: ReadLimits = { maxBytes: 2 ** 26 }): string {
  return new TextDecoder("utf-8").decode(readBytes(path, limits));
}

/** A whole file in memory. Throws `io-read`, or `limit` beyond 2 GiB. */
export function readBytes(path: string, limits: ReadLimits = DEFAULT_LIMITS): Uint8Array {
  const source = openFile(path);
  try {
    if (source.size > limits.maxBytes) {
      fail("limit", `${path} has ${source.size} bytes, expected at most ${limits.maxBytes}.`);
    }
    const bytes = new Uint8Array(source.size);
    source.readInto(0, bytes);
    return bytes;
  } finally {
    source.close();
  }
}

function fileSource(file: number, name: string, size: number): FileSource {
  const block = new Uint8Array(BLOCK);
  let blockStart = 0;
  let blockSize = 0;
  return {
    name,
    size,
    readInto(offset, target) {
      if (target.length > SMALL) return readFully(file, name, offset, target);
      if (offset < blockStart || offset + target.length > blockStart + blockSize) {
        blockSize = 0;
        const length = Math.max(target.length, Math.min(BLOCK, size - offset));
        readFully(file, name, offset, block.subarray(0, length));
        blockStart = offset;
        blockSize = length;
      }
      target.set(block.subarray(offset - blockStart, offset - blockStart + target.length));
    },
    close() {
      if (file !== STDIN) closeSync(file);
    },
  };
}

function refuseFolder(path: string): never {
  const saved = readdirSync(path).includes("saved_model.pb");
  if (!saved) return fail("bad-format", `${path} is a folder, expected a Keras file.`);
  return fail("bad-format", `${path} is a TensorFlow SavedModel, expected a Keras file.`, {
    hint: 'Load it in Python and save it anew: keras.models.load_model(path).save("model.h5").',
  });
}

function statInput(): Stats {
  try {
    return fstatSync(STDIN);
  } catch (error) {
    return fail("io-read", `The standard input cannot be read: ${systemText(error)}.`, {
      cause: error,
    });
  }
}

/** The next piece of the standard input; empty at its end. */
async function readPiece(): Promise<Uint8Array> {
  const piece = new Uint8Array(1 << 20);
  for (;;) {
    try {
      return piece.subarray(0, readSync(STDIN, piece, 0, piece.length, null));
    } catch (error) {
      const code = systemCode(error);
      if (code === "EOF") return piece.subarray(0, 0);
      if (code !== "EAGAIN") {
        fail("io-read", `The standard input cannot be read: ${systemText(error)}.`, {
          cause: error,
        });
      }
      await sleep(5);
    }
  }
}

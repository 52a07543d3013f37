import { fail } from "../errors.ts";

/**
 * Random access to the bytes of one file. Node backs it by a file descriptor (`io/node.ts`), a
 * browser by an `ArrayBuffer` (`bytesSource`). Offsets and lengths in bytes.
 */
export interface ByteSource {
  /** What to call the file in messages. */
  readonly name: string;
  readonly size: number;
  /** Fills `target` from `offset`. The caller stays within `size`; use `readBytes` for unchecked numbers. */
  readInto(offset: number, target: Uint8Array): void;
  /** The files of its folder, where it has one: the weights of a TensorFlow.js model lie there. */
  readonly beside?: ByteFolder;
}

/** Files under one folder, such as a package. Paths are relative, with slashes. */
export interface ByteFolder {
  /** What to call the folder in messages. */
  readonly name: string;
  /** The file at a path; undefined when there is no file. */
  open(path: string): ByteSource | undefined;
  /** Whether there is a file or a folder at a path. */
  has(path: string): boolean;
}

/** Whether a model lies in a folder of files instead of in one. */
export function isFolder(input: ByteSource | ByteFolder): input is ByteFolder {
  return "open" in input;
}

/** A result that can be written piece by piece; `chunks` may be iterated once per write. */
export interface OutputBytes {
  readonly byteLength: number;
  /** A chunk is valid until the next one is asked for: its buffer may be used again. */
  chunks(): Iterable<Uint8Array>;
}

/** One file of a result that has several. */
export interface OutputFile extends OutputBytes {
  /** Relative to the output path; `""` is the output itself. */
  readonly path: string;
}

/** The whole of a result in memory, for where there are no files. */
export function collectBytes(file: OutputBytes): Uint8Array {
  const bytes = new Uint8Array(file.byteLength);
  let at = 0;
  for (const chunk of file.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** A source over bytes already in memory. */
export function bytesSource(bytes: ArrayBuffer | Uint8Array, name = "model"): ByteSource {
  const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return {
    name,
    size: view.length,
    readInto(offset, target) {
      target.set(view.subarray(offset, offset + target.length));
    },
  };
}

/** A window of another source, such as a stored zip member or an HDF5 file behind a user block. */
export function sliceSource(
  source: ByteSource,
  offset: number,
  size: number,
  name = source.name,
): ByteSource {
  checkRange(source, offset, size, "a part of the file");
  return {
    name,
    size,
    readInto: (at, target) => source.readInto(offset + at, target),
  };
}

/** Reads bytes whose place comes from the file itself. Throws `corrupt-file` outside the file. */
export function readBytes(
  source: ByteSource,
  offset: number,
  length: number,
  what: string,
): Uint8Array {
  checkRange(source, offset, length, what);
  const target = new Uint8Array(length);
  source.readInto(offset, target);
  return target;
}

/** Throws `corrupt-file` unless `offset … offset + length` lies within the file. */
export function checkRange(source: ByteSource, offset: number, length: number, what: string): void {
  const sound =
    Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (sound && offset + length <= source.size) return;
  fail(
    "corrupt-file",
    `${what} should lie at byte ${offset}, ${length} bytes long, but the file ends at byte ${source.size}.`,
    { at: { file: source.name }, hint: "The file is truncated or damaged; fetch it again." },
  );
}

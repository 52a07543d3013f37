import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { fail, KcError } from "../errors.ts";
import type { OutputBytes } from "../formats/bytes.ts";
import { systemCode, systemText } from "./system-error.ts";

/** How a result is written. */
export interface WriteOptions {
  /** Replace what is already there. */
  readonly force?: boolean;
  /** Waits until the disk has it, whatever its size, so that a power failure takes neither the new file nor the old one. */
  readonly durable?: boolean;
  /** Aborting removes what was written so far. */
  readonly signal?: AbortSignal;
  /** Told now and then how many bytes are written. */
  readonly onProgress?: (written: number) => void;
}

const STDOUT = 1;
/** Small chunks are gathered to pieces of this many bytes, so that a model costs few system calls. */
const PIECE = 1 << 20;
/** After so many milliseconds others get a turn: signals, the progress line. */
const TURN = 50;
/** Files up to this size are flushed to the disk before they take their name; larger ones would wait too long. */
const FLUSHED = 32 << 20;

/**
 * Writes a result under its final name only when it is whole: a temporary sibling is written first and renamed.
 * Whatever fails, the sibling is removed and an older file stays as it was. `-` is the standard output. A link is
 * followed; a device or pipe is written to directly. Throws `io-write`.
 */
export async function writeOutput(
  path: string,
  file: OutputBytes,
  options: WriteOptions = {},
): Promise<void> {
  if (path === "-") return writeChunks(STDOUT, "the standard output", file, options);
  const before = checkOutput(path, options.force === true);
  const target = before === undefined ? path : realpathSync(path);
  if (before !== undefined && !before.isFile()) return writeDevice(target, file, options);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  const handle = attempt(path, () => openSync(temporary, "wx"));
  let open = true;
  try {
    await writeChunks(handle, path, file, options);
    attempt(path, () => {
      if (before !== undefined) fchmodSync(handle, before.mode & 0o7777);
      if (file.byteLength <= FLUSHED || options.durable === true) fsyncSync(handle);
      open = false;
      closeSync(handle);
      renameSync(temporary, target);
      if (options.durable === true) flushFolder(dirname(target));
    });
  } catch (error) {
    if (open) closeSync(handle);
    removeQuietly(temporary);
    throw error;
  }
}

/**
 * Finds out early whether a result could be written: its folder must exist, and nothing may stand in its place
 * unless `force`. Gives what is there. Throws `io-write`.
 */
export function checkOutput(path: string, force: boolean): Stats | undefined {
  const present = statOutput(path);
  if (present?.isDirectory()) {
    fail("io-write", `${path} is a folder, expected the name of a file.`, {
      hint: `Give a file name inside it: ${join(path, "model.mlmodel")}.`,
    });
  }
  if (present?.isFile() && !force) {
    fail("io-write", `${path} exists already.`, { hint: "Add --force to replace it." });
  }
  if (present === undefined) checkFolder(path);
  return present;
}

function statOutput(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A part of the path is a file: nothing is there, and checkFolder says why.
    return systemCode(error) === "ENOTDIR" ? undefined : refuseWrite(path, error);
  }
}

function checkFolder(path: string): void {
  const folder = dirname(path);
  const stats = statOutput(folder);
  if (stats?.isDirectory()) return;
  const what = stats === undefined ? "does not exist" : "is not a folder";
  fail("io-write", `${path} cannot be written: the folder ${folder} ${what}.`, {
    hint: stats === undefined ? `Make it first: mkdir -p ${folder}` : "Give another output path.",
  });
}

/** The new name is on the disk. Not every system can do this. */
function flushFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows opens no folders; its renames are durable.
  }
}

async function writeDevice(path: string, file: OutputBytes, options: WriteOptions): Promise<void> {
  const handle = attempt(path, () => openSync(path, "w"));
  try {
    await writeChunks(handle, path, file, options);
  } finally {
    closeSync(handle);
  }
}

async function writeChunks(
  handle: number,
  name: string,
  file: OutputBytes,
  options: WriteOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  const buffer = new Uint8Array(Math.min(PIECE, Math.max(file.byteLength, 1)));
  let filled = 0;
  let written = 0;
  let turn = performance.now();
  for (const chunk of file.chunks()) {
    if (filled + chunk.length > buffer.length) {
      await writeFully(handle, name, buffer.subarray(0, filled));
      filled = 0;
    }
    if (chunk.length > buffer.length) await writeFully(handle, name, chunk);
    else {
      buffer.set(chunk, filled);
      filled += chunk.length;
    }
    written += chunk.length;
    if (performance.now() - turn > TURN) {
      onProgress?.(written);
      await others();
      turn = performance.now();
    }
    if (signal?.aborted === true) fail("io-write", `${name} was not written: interrupted.`);
  }
  await writeFully(handle, name, buffer.subarray(0, filled));
  if (written !== file.byteLength) {
    fail("internal", `${written} bytes came out where ${file.byteLength} were announced.`);
  }
}

/** Runs what waits. A signal arrives between two rounds of the event loop, so one round is not enough. */
async function others(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

async function writeFully(handle: number, name: string, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(handle, bytes, done);
    } catch (error) {
      // A pipe that somebody else made non-blocking is full.
      if (systemCode(error) !== "EAGAIN") refuseWrite(name, error);
      await sleep(2);
    }
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    return refuseWrite(path, error);
  }
}

function refuseWrite(path: string, error: unknown): never {
  if (error instanceof KcError) throw error;
  const code = systemCode(error);
  const hint = HINTS[code];
  return fail("io-write", `${path} cannot be written: ${systemText(error)}.`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: "Choose a folder that you may write to.",
  EDQUOT: "Free some space, or choose another folder.",
  EFBIG: "Raise the limit (ulimit -f), or choose another disk.",
  ENOSPC: "Free some space, or choose a folder on another disk.",
  EPERM: "Choose a folder that you may write to.",
  EROFS: "Choose a folder on a disk that can be written to.",
};

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already; the first error is the one worth telling.
  }
}

import { mkdirSync, readdirSync, renameSync, rmSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fail, KcError } from "../errors.ts";
import type { OutputFile } from "../formats/bytes.ts";
import { systemText } from "./system-error.ts";
import { type WriteOptions, writeOutput } from "./write.ts";

/** How a folder is written. */
export interface WriteFolderOptions extends WriteOptions {
  /** Whether a file of an older result may be replaced, by its name; a folder with other files is never touched. */
  readonly replaces: (name: string) => boolean;
}

/**
 * Writes a result of several files as a folder that appears whole or not at all: a temporary sibling is filled first
 * and renamed. An empty folder may be there already; a full one is replaced with `force`, when all in it is an older
 * result. Throws `io-write`.
 */
export async function writeFolder(
  path: string,
  files: readonly OutputFile[],
  options: WriteFolderOptions,
): Promise<void> {
  const target = resolve(path);
  checkFolderOutput(path, options);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    attempt(path, () => mkdirSync(temporary));
    for (const file of files) {
      const { signal, onProgress } = options;
      const place = join(temporary, file.path);
      attempt(path, () => mkdirSync(dirname(place), { recursive: true }));
      await writeOutput(place, file, {
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
      });
    }
    attempt(path, () => putInPlace(temporary, target));
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Finds out early whether a folder could be written. Throws `io-write`. */
export function checkFolderOutput(path: string, options: WriteFolderOptions): void {
  const target = resolve(path);
  const present = statOf(path, target);
  if (present === undefined) {
    const parent = dirname(target);
    if (statOf(path, parent)?.isDirectory() === true) return;
    fail("io-write", `${path} cannot be written: there is no folder ${parent}.`, {
      hint: `Make it first: mkdir -p ${parent}`,
    });
  }
  if (!present.isDirectory()) {
    fail("io-write", `${path} is a file, expected a folder or a new name.`);
  }
  const names = attempt(path, () => readdirSync(target));
  if (names.length === 0) return;
  const strange = names.find((name) => !options.replaces(name));
  if (strange !== undefined) {
    fail("io-write", `${path} holds other files, such as ${strange}, and is left alone.`, {
      hint: "Give a new or empty folder.",
    });
  }
  if (options.force === true) return;
  fail("io-write", `${path} exists already.`, { hint: "Add --force to replace it." });
}

/** The older result steps aside until the new one stands in its place. */
function putInPlace(temporary: string, target: string): void {
  const old = `${temporary}.old`;
  const present = statSync(target, { throwIfNoEntry: false }) !== undefined;
  if (present) renameSync(target, old);
  try {
    renameSync(temporary, target);
  } catch (error) {
    if (present) renameSync(old, target);
    throw error;
  }
  if (present) rmSync(old, { recursive: true });
}

function statOf(path: string, target: string): Stats | undefined {
  return attempt(path, () => statSync(target, { throwIfNoEntry: false }));
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof KcError) throw error;
    return fail("io-write", `${path} cannot be written: ${systemText(error)}.`, { cause: error });
  }
}

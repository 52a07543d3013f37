import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { KcError } from "../errors.ts";

/**
 * Saves what took long to make; where it cannot be written, into a new folder for temporary files instead, so that a full disk costs nothing.
 * Throws `io-write` in either case, and says where it is.
 */
export async function saveAnyhow(
  path: string,
  save: (path: string) => Promise<void>,
): Promise<void> {
  try {
    await save(path);
  } catch (error) {
    const [first] = error instanceof KcError ? error.diagnostics : [];
    if (first?.code !== "io-write") throw error;
    const rescued = await rescue(basename(path), save);
    if (rescued === undefined) throw error;
    throw new KcError({ ...first, hint: `The model is in ${rescued} instead.` }, { cause: error });
  }
}

async function rescue(
  name: string,
  save: (path: string) => Promise<void>,
): Promise<string | undefined> {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "kc-"));
    const path = join(folder, name);
    await save(path);
    return path;
  } catch {
    // The first failure is the one to tell.
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../../temporary.ts";

/** A temporary folder with files of these names; those with "empty" in their name have no bytes. */
export function folderOf(...names: readonly string[]): string {
  const root = temporaryFolder();
  for (const name of names) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, name.includes("empty") ? "" : "x");
  }
  return root;
}

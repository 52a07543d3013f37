import { basename, join } from "node:path";
import type { ByteFolder } from "../formats/bytes.ts";
import { kindOf, modelFileIn } from "./path-kind.ts";
import { type FileSource, openFile } from "./read.ts";

/** A folder on disk; closing it closes all files that were opened through it. */
export interface FolderSource extends ByteFolder {
  close(): void;
}

/**
 * Opens what a path leads to: a file for random access, or a folder whose files are opened when they are asked
 * for. Throws `io-read` when it cannot be opened.
 */
export function openPath(path: string): FileSource | FolderSource {
  if (kindOf(path) !== "folder") return openFile(path);
  return modelFileIn(path) === undefined ? openFolder(path) : openFile(path);
}

function openFolder(folder: string): FolderSource {
  const opened = new Map<string, FileSource>();
  return {
    name: basename(folder),
    open(path) {
      const known = opened.get(path);
      if (known !== undefined) return known;
      const full = join(folder, path);
      if (kindOf(full) !== "file") return undefined;
      const source = openFile(full);
      opened.set(path, source);
      return source;
    },
    has: (path) => kindOf(join(folder, path)) !== undefined,
    close() {
      for (const source of opened.values()) source.close();
      opened.clear();
    },
  };
}

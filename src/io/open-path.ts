import { statSync } from "node:fs";
import { basename, join } from "node:path";
import type { ByteFolder } from "../formats/bytes.ts";
import { type FileSource, openFile } from "./read.ts";
import { systemCode } from "./system-error.ts";

/** A folder on disk; closing it closes all files that were opened through it. */
export interface FolderSource extends ByteFolder {
  close(): void;
}

/**
 * Opens what a path leads to: a file for random access, or a folder whose files are opened when they are asked
 * for. Throws `io-read` when it cannot be opened.
 */
export function openPath(path: string): FileSource | FolderSource {
  return kindOf(path) === "folder" ? openFolder(path) : openFile(path);
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

/** Undefined when nothing is there, or neither file nor folder: opening a pipe would wait for ever. */
function kindOf(path: string): "file" | "folder" | undefined {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return "folder";
    return stats.isFile() ? "file" : undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "EACCES"].includes(systemCode(error)))
      return undefined;
    throw error;
  }
}

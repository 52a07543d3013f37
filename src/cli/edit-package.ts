import { readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fail } from "../errors.ts";
import type { OutputBytes, OutputFile } from "../formats/bytes.ts";
import { piecedSource } from "../formats/coreml/pieced-source.ts";
import { wholeOf } from "../formats/coreml/region.ts";
import { openFile } from "../io/node.ts";

/**
 * All files of a package, with its model changed: the others are copied byte for byte, piece by piece. Throws `limit`
 * for a folder with more files than any package has.
 */
export function packageFiles(
  folder: string,
  modelPath: string,
  model: OutputBytes,
): readonly OutputFile[] {
  return filesIn(folder).map((path) =>
    path === modelPath
      ? { path, byteLength: model.byteLength, chunks: () => model.chunks() }
      : copyOf(path, join(folder, path)),
  );
}

/** What a package holds at its top; a folder with anything else is never replaced. */
export function isOfPackage(name: string): boolean {
  return name === "Manifest.json" || name === "Data" || name === ".DS_Store";
}

const MOST_FILES = 10_000;

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  if (entries.length > MOST_FILES) {
    fail("limit", `${folder} has ${entries.length} files, which is no package of a model.`);
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

function copyOf(path: string, full: string): OutputFile {
  return {
    path,
    byteLength: statSync(full).size,
    *chunks() {
      const source = openFile(full);
      try {
        yield* piecedSource([wholeOf(source)], path).chunks();
      } finally {
        source.close();
      }
    },
  };
}

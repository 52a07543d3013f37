import { statSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "./system-error.ts";

/** What a path leads to: undefined when nothing is there, or neither file nor folder: opening a pipe would wait for ever. */
export function kindOf(path: string): "file" | "folder" | undefined {
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

/** The file that stands for a whole folder: the `model.json` of TensorFlow.js. */
export function modelFileIn(folder: string): string | undefined {
  const file = join(folder, "model.json");
  const isPackage = kindOf(join(folder, "Manifest.json")) !== undefined;
  return !isPackage && kindOf(file) === "file" ? file : undefined;
}

import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fail } from "../errors.ts";
import { systemText } from "./system-error.ts";

/** Adds bytes at the end of a file that grows while something runs, such as a log; makes its folders. Throws `io-write`. */
export function appendBytes(path: string, bytes: Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, bytes);
  } catch (error) {
    fail("io-write", `${path} cannot be written: ${systemText(error)}.`, { cause: error });
  }
}

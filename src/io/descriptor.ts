import { openSync, readSync } from "node:fs";
import { fail } from "../errors.ts";
import { systemCode, systemText } from "./system-error.ts";

/** Opens a file for reading. Throws `io-read`. */
export function openToRead(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const shown = path === "" ? '""' : path;
    return fail("io-read", `${shown} cannot be opened: ${systemText(error)}.`, {
      cause: error,
      ...(systemCode(error) === "ENOENT" ? { hint: "Check the path and the spelling." } : {}),
    });
  }
}

/** Fills `target` from `offset`. Throws `corrupt-file` when the file ends before. */
export function readFully(file: number, name: string, offset: number, target: Uint8Array): void {
  let done = 0;
  while (done < target.length) {
    const count = readSome(file, name, offset + done, target.subarray(done));
    if (count === 0) {
      fail(
        "corrupt-file",
        `${name} ends at byte ${offset + done}: it became shorter while it was read.`,
      );
    }
    done += count;
  }
}

function readSome(file: number, name: string, offset: number, target: Uint8Array): number {
  try {
    return readSync(file, target, 0, target.length, offset);
  } catch (error) {
    return fail("io-read", `${name} cannot be read: ${systemText(error)}.`, { cause: error });
  }
}

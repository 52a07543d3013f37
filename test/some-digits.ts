import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DIGITS, digitsCase } from "./digits.ts";
import { temporaryFolder } from "./temporary.ts";

/** All digits. */
export const DIGIT_CLASSES: readonly string[] = Object.keys(digitsCase.class_indices);

/** A folder with a few pictures of each class. */
export function someDigits(count: number, classes: readonly string[] = DIGIT_CLASSES): string {
  const folder = temporaryFolder();
  for (const name of classes) {
    const files = digitsCase.filenames.filter((file) => file.startsWith(`${name}/`));
    mkdirSync(join(folder, name));
    for (const file of files.slice(0, count)) cpSync(join(DIGITS.test, file), join(folder, file));
  }
  return folder;
}

import { dirname, isAbsolute, join } from "node:path";
import { fail } from "../../errors.ts";
import { byCodePoint, orderClasses } from "../../image/classes.ts";
import { readText } from "../read.ts";
import type { PictureFault, PictureFile, PictureSet } from "./picture-set.ts";
import { kindByName } from "./picture-set.ts";
import { statOf, walkPictures } from "./walk.ts";

/** Whether links to folders are followed; not by default. */
export interface ListOptions {
  readonly followLinks?: boolean;
}

/** Whether a file's name says that it is a list of pictures. */
export function isListName(name: string): boolean {
  return /\.(txt|tsv|lst|list)$/i.test(name);
}

/**
 * Pictures without labels: files whatever their names, all pictures of folders, those that list files name (`isListName`), and patterns
 * (`photos/*.jpg`) where no file has that name. Throws `io-read` for what is not there, `bad-option` when nothing is left.
 */
export async function listPictures(
  paths: readonly string[],
  options: ListOptions = {},
): Promise<PictureSet> {
  const files: PictureFile[] = [];
  const faults: PictureFault[] = [];
  const ignored: string[] = [];
  for (const path of paths) {
    const stats = statOf(path);
    if (stats?.isDirectory() === true) {
      const walk = walkPictures(path, options.followLinks ?? false);
      files.push(...walk.names.map((name) => fileAt(join(path, name), name)));
      faults.push(...walk.faults);
      ignored.push(...walk.ignored);
    } else if (stats !== undefined && isListName(path)) {
      const list = readPictureList(path);
      files.push(...list.files.map((file) => ({ ...file, label: undefined })));
      faults.push(...list.faults);
    } else if (stats !== undefined) {
      if (stats.size > 0) files.push(fileAt(path, path));
      else faults.push({ name: path, path, why: "It is empty." });
    } else {
      files.push(...(await matching(path)).map((match) => fileAt(match, match)));
    }
  }
  if (files.length > 0) return { files, classes: [], emptyClasses: [], faults, ignored };
  const [first] = faults;
  return fail("bad-option", `No pictures in ${paths.join(", ")}.`, {
    hint:
      first === undefined
        ? "JPEG, PNG, WebP, GIF and BMP files are read."
        : `${first.name}: ${first.why}`,
  });
}

/**
 * A text file with one picture a line, and behind a tab its label, where it has one; paths are relative to the file.
 * All lines have labels or none. Empty lines and lines that start with # are skipped. Throws `io-read`, `bad-option`.
 */
export function readPictureList(path: string, labels?: readonly string[]): PictureSet {
  const lines = readText(path)
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t"));
  if (lines.length === 0) return fail("bad-option", `${path} names no pictures.`);
  const named = lines.flatMap(([, label]) => (label === undefined ? [] : [label.trim()]));
  if (named.length > 0 && named.length < lines.length) {
    return fail(
      "bad-option",
      `${path}: ${named.length} of ${lines.length} pictures have a label.`,
      {
        hint: "Give each a label behind a tab, or none.",
      },
    );
  }
  const isLabelled = named.length > 0;
  const { classes, missing } = isLabelled
    ? orderClasses(named, labels, "label of the list")
    : { classes: [], missing: [] };
  const numbers = new Map(classes.map((label, number) => [label, number]));
  const files: PictureFile[] = [];
  const faults: PictureFault[] = [];
  for (const [name = "", label] of lines) {
    const place = isAbsolute(name) ? name : join(dirname(path), name);
    const stats = statOf(place);
    if (stats === undefined) faults.push({ name, path: place, why: "It does not exist." });
    else if (!stats.isFile()) faults.push({ name, path: place, why: "It is not a file." });
    else if (stats.size === 0) faults.push({ name, path: place, why: "It is empty." });
    else files.push({ path: place, name, label: numbers.get(label?.trim() ?? "") });
  }
  if (files.length > 0) return { files, classes, emptyClasses: missing, faults, ignored: [] };
  return fail("bad-option", `None of the ${lines.length} pictures of ${path} can be read.`, {
    hint: `${faults[0]?.name}: ${faults[0]?.why} Paths are relative to the folder of the list.`,
  });
}

function fileAt(path: string, name: string): PictureFile {
  return { path, name: name.replaceAll("\\", "/"), label: undefined };
}

/** The pictures that a pattern matches, sorted. */
async function matching(pattern: string): Promise<readonly string[]> {
  if (!/[*?[{]/.test(pattern)) {
    return fail("io-read", `${pattern} cannot be opened: it does not exist.`, {
      hint: "Check the path and the spelling.",
    });
  }
  const { globSync } = await import("tinyglobby");
  const found = globSync(pattern.replaceAll("\\", "/"), { expandDirectories: false })
    .filter((name) => kindByName(name) === "picture")
    .sort(byCodePoint);
  if (found.length > 0) return found;
  return fail("io-read", `No picture matches ${pattern}.`);
}

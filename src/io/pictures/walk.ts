import { readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../../errors.ts";
import { byCodePoint } from "../../image/classes.ts";
import { systemText } from "../system-error.ts";
import { kindByName, type PictureFault } from "./picture-set.ts";

/** What a folder holds, as Keras walks it. */
export interface Walk {
  /** Relative to the folder, with slashes. */
  readonly names: readonly string[];
  readonly faults: readonly PictureFault[];
  readonly ignored: readonly string[];
}

/**
 * The pictures of a folder and all folders inside, in Keras' order: folders by their whole path, in each the files by
 * name. Hidden files and folders are left out; links to folders are followed only on request, links to files always.
 * @see keras/src/legacy/preprocessing/image.py `_iter_valid_files`
 */
export function walkPictures(root: string, followLinks: boolean): Walk {
  const names: string[] = [];
  const faults: PictureFault[] = [];
  const ignored: string[] = [];
  for (const folder of foldersOf(root, followLinks, faults)) {
    for (const file of folder.files) {
      const name = folder.name === "" ? file : `${folder.name}/${file}`;
      const path = join(root, name);
      const kind = kindByName(file);
      const why = kind === "other" ? undefined : faultOf(path, kind === "picture");
      if (kind === "other") ignored.push(name);
      else if (why === undefined) names.push(name);
      else faults.push({ name, path, why });
    }
  }
  return { names, faults, ignored };
}

/** The entries of a folder that are not hidden, sorted. Throws `io-read` when it cannot be listed. */
export function visibleEntries(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith("."))
      .sort(byCodePoint);
  } catch (error) {
    return fail("io-read", `The folder ${folder} cannot be listed: ${systemText(error)}.`, {
      cause: error,
    });
  }
}

/** What is at a path; undefined for nothing, or a link to nothing. */
export function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

interface Folder {
  readonly name: string;
  readonly files: readonly string[];
}

function foldersOf(root: string, followLinks: boolean, faults: PictureFault[]): readonly Folder[] {
  const found: Folder[] = [];
  // A link back to a folder above would lead round for ever.
  const visit = (name: string, above: readonly string[]): void => {
    const path = join(root, name);
    const files: string[] = [];
    for (const entry of listed(path, name, faults)) {
      const inner = name === "" ? entry.name : `${name}/${entry.name}`;
      const linked = entry.isSymbolicLink();
      const isFolder = linked
        ? statOf(join(root, inner))?.isDirectory() === true
        : entry.isDirectory();
      if (!isFolder) files.push(entry.name);
      else if (!linked || followLinks) {
        const id = identity(join(root, inner));
        if (!above.includes(id)) visit(inner, [...above, id]);
      }
    }
    found.push({ name, files: files.sort(byCodePoint) });
  };
  visit("", [identity(root)]);
  return found.sort((a, b) => byCodePoint(a.name, b.name));
}

function listed(path: string, name: string, faults: PictureFault[]) {
  try {
    return readdirSync(path, { withFileTypes: true }).filter(
      (entry) => !entry.name.startsWith("."),
    );
  } catch (error) {
    const why = `The folder cannot be listed: ${systemText(error)}.`;
    faults.push({ name: name === "" ? path : name, path, why });
    return [];
  }
}

function identity(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

function faultOf(path: string, isRead: boolean): string | undefined {
  const stats = statOf(path);
  if (stats === undefined) return "It is a link to nothing.";
  if (!stats.isFile()) return "It is not a file.";
  if (stats.size === 0) return "It is empty.";
  return isRead ? undefined : "Pictures of this kind are not read; save it as a PNG.";
}

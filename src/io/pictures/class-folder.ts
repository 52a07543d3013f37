import { join } from "node:path";
import { fail } from "../../errors.ts";
import { orderClasses } from "../../image/classes.ts";
import type { PictureFault, PictureFile, PictureSet } from "./picture-set.ts";
import { kindByName } from "./picture-set.ts";
import { statOf, visibleEntries, walkPictures } from "./walk.ts";

/** How class folders are read. */
export interface ClassFolderOptions {
  /** Labels in the order of the model's scores; alphabetical order, as Keras', without them. */
  readonly labels?: readonly string[];
  /** Whether links to folders inside the class folders are followed (Keras' `follow_links`); not by default. */
  readonly followLinks?: boolean;
}

/**
 * A folder whose subfolders are classes (`train/apple/1.jpg`), in the order of Keras' `flow_from_directory` without
 * shuffling. Throws `io-read`, and `bad-option` without subfolders, without pictures, or for a subfolder that is not among
 * the labels.
 */
export function listClassFolder(folder: string, options: ClassFolderOptions = {}): PictureSet {
  const entries = visibleEntries(folder);
  const isFolder = (name: string) => statOf(join(folder, name))?.isDirectory() === true;
  const names = entries.filter(isFolder);
  if (names.length === 0) {
    return fail(
      "bad-option",
      `The folder ${folder} has no subfolders, expected one for each class.`,
    );
  }
  const { classes, missing } = orderClasses(names, options.labels, "class folder");
  const files: PictureFile[] = [];
  const faults: PictureFault[] = [];
  const ignored: string[] = [];
  const empty: string[] = [...missing];
  for (const [label, name] of classes.entries()) {
    if (missing.includes(name)) continue;
    const walk = walkPictures(join(folder, name), options.followLinks ?? false);
    for (const inner of walk.names) {
      files.push({ path: join(folder, name, inner), name: `${name}/${inner}`, label });
    }
    faults.push(...walk.faults.map((fault) => ({ ...fault, name: `${name}/${fault.name}` })));
    ignored.push(...walk.ignored.map((inner) => `${name}/${inner}`));
    if (walk.names.length === 0) empty.push(name);
  }
  for (const name of entries.filter((entry) => !isFolder(entry))) {
    if (kindByName(name) === "other") ignored.push(name);
    else faults.push({ name, path: join(folder, name), why: "It lies beside the class folders." });
  }
  return { files: orNone(files, folder, faults), classes, emptyClasses: empty, faults, ignored };
}

function orNone(
  files: readonly PictureFile[],
  folder: string,
  faults: readonly PictureFault[],
): readonly PictureFile[] {
  if (files.length > 0) return files;
  const [first] = faults;
  return fail("bad-option", `The class folders of ${folder} hold no pictures that are read.`, {
    hint:
      first === undefined
        ? "JPEG, PNG, WebP, GIF and BMP files are read."
        : `${faults.length} cannot be used; ${first.name}: ${first.why}`,
  });
}

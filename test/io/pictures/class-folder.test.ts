import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listClassFolder } from "../../../src/io/pictures/class-folder.ts";
import { folderOf } from "./folder-of.ts";

function named(root: string, options = {}) {
  const { files, classes } = listClassFolder(root, options);
  return files.map(({ name, label }) => `${name} ${classes[label ?? -1]}`);
}

describe("listClassFolder", () => {
  it("numbers classes and files in the order of Keras' flow_from_directory", () => {
    // By hand from the rule of Keras' `_iter_valid_files`; Keras was not run for it.
    const root = folderOf(
      "b/2.jpg",
      "b/10.jpg",
      "b/Z.PNG",
      "B/x.bmp",
      "a/y.gif",
      "a/n/1.jpeg",
      "a/n-m/2.jpg",
    );
    expect(named(root)).toEqual([
      "B/x.bmp B",
      "a/y.gif a",
      "a/n/1.jpeg a",
      "a/n-m/2.jpg a",
      "b/10.jpg b",
      "b/2.jpg b",
      "b/Z.PNG b",
    ]);
  });

  it("takes the order of the model's labels, and says which classes are empty", () => {
    const root = folderOf("cat/1.png", "dog/1.png", "cow/note.txt");
    const set = listClassFolder(root, { labels: ["dog", "ant", "cow", "cat"] });
    expect(set.files.map(({ name, label }) => [name, label])).toEqual([
      ["dog/1.png", 0],
      ["cat/1.png", 3],
    ]);
    expect(set.emptyClasses).toEqual(["ant", "cow"]);
  });

  it("counts what cannot be used instead of dropping it", () => {
    const root = folderOf(
      "a/1.png",
      "a/empty.jpg",
      "a/scan.TIFF",
      "a/note.txt",
      "loose.jpg",
      "labels.txt",
    );
    symlinkSync(join(root, "nowhere"), join(root, "a", "link.png"));
    const { faults, ignored } = listClassFolder(root);
    expect(faults.map(({ name, why }) => `${name}: ${why}`)).toEqual([
      "a/empty.jpg: It is empty.",
      "a/link.png: It is a link to nothing.",
      "a/scan.TIFF: Pictures of this kind are not read; save it as a PNG.",
      "loose.jpg: It lies beside the class folders.",
    ]);
    expect(ignored).toEqual(["a/note.txt", "labels.txt"]);
  });

  it("leaves hidden files and folders out", () => {
    const root = folderOf("a/1.png", "a/.2.png", "a/.cache/3.png", ".git/4.png");
    expect(named(root)).toEqual(["a/1.png a"]);
  });

  it("follows links to files and class folders, others only on request, and never in a circle", () => {
    const root = folderOf("a/1.png", "b/2.png");
    const elsewhere = folderOf("in/3.png");
    symlinkSync(join(elsewhere, "in"), join(root, "a", "linked"));
    symlinkSync(join(elsewhere, "in"), join(root, "c"));
    symlinkSync(join(elsewhere, "in", "3.png"), join(root, "b", "4.png"));
    symlinkSync(join(root, "a"), join(root, "a", "round"));
    expect(named(root)).toEqual(["a/1.png a", "b/2.png b", "b/4.png b", "c/3.png c"]);
    expect(named(root, { followLinks: true })).toEqual([
      "a/1.png a",
      "a/linked/3.png a",
      "b/2.png b",
      "b/4.png b",
      "c/3.png c",
    ]);
  });

  it("refuses a folder without classes, without pictures, or that is not there", () => {
    expect(() => listClassFolder(folderOf("1.png"))).toThrow(
      "has no subfolders, expected one for each class.",
    );
    expect(() => listClassFolder(folderOf("a/empty.png"))).toThrow(
      "hold no pictures that are read.\n  1 cannot be used; a/empty.png: It is empty.",
    );
    expect(() => listClassFolder("/nowhere/at/all")).toThrow(
      "The folder /nowhere/at/all cannot be listed: it does not exist.",
    );
  });
});

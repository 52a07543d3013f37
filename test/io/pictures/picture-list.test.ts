import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { listPictures, readPictureList } from "../../../src/io/pictures/picture-list.ts";
import { folderOf } from "./folder-of.ts";

describe("listPictures", () => {
  it("takes files whatever their names, folders with all inside, and patterns", async () => {
    const root = folderOf(
      "photo",
      "a/2.png",
      "a/1.png",
      "a/in/3.png",
      "b/x.webp",
      "b/y.txt",
      "b/z.jpg",
    );
    const { files, ignored } = await listPictures([
      join(root, "photo"),
      join(root, "a"),
      `${root}/b/*`,
    ]);
    expect(files.map(({ path }) => relative(root, path))).toEqual([
      "photo",
      "a/1.png",
      "a/2.png",
      "a/in/3.png",
      "b/x.webp",
      "b/z.jpg",
    ]);
    expect(files.every(({ label }) => label === undefined)).toBe(true);
    expect(ignored).toEqual([]);
  });

  it("takes a name with brackets for a file where there is one", async () => {
    const root = folderOf("photo [1].jpg");
    const { files } = await listPictures([join(root, "photo [1].jpg")]);
    expect(files.map(({ path }) => relative(root, path))).toEqual(["photo [1].jpg"]);
  });

  it("takes the pictures that a list names, whatever their labels", async () => {
    const root = folderOf("a/1.png", "b.jpg");
    writeFileSync(join(root, "some.txt"), "b.jpg\tcat\nnone.png\tdog\na/1.png\tdog\n");
    const { files, faults, classes } = await listPictures([join(root, "some.txt")]);
    expect(files.map(({ path, label }) => [relative(root, path), label])).toEqual([
      ["b.jpg", undefined],
      ["a/1.png", undefined],
    ]);
    expect(faults.map(({ name }) => name)).toEqual(["none.png"]);
    expect(classes).toEqual([]);
  });

  it("refuses what is not there", async () => {
    const root = folderOf("a/note.txt");
    await expect(listPictures([join(root, "b.jpg")])).rejects.toThrow(
      "b.jpg cannot be opened: it does not exist.",
    );
    await expect(listPictures([join(root, "*.jpg")])).rejects.toThrow("No picture matches");
    await expect(listPictures([join(root, "a")])).rejects.toThrow("No pictures in");
  });
});

describe("readPictureList", () => {
  it("reads paths relative to the list, with labels behind a tab", () => {
    const root = folderOf("a.png", "b c.png");
    writeFileSync(
      join(root, "list.txt"),
      "# comment\r\na.png\tdog\r\n\r\nb c.png\tcat\r\ngone.png\tcat",
    );
    const { files, classes, faults } = readPictureList(join(root, "list.txt"));
    expect(files.map(({ name, label }) => [name, label])).toEqual([
      ["a.png", 1],
      ["b c.png", 0],
    ]);
    expect(classes).toEqual(["cat", "dog"]);
    expect(faults.map(({ name, why }) => `${name}: ${why}`)).toEqual([
      "gone.png: It does not exist.",
    ]);
  });

  it("numbers by the model's labels", () => {
    const root = folderOf("a.png");
    writeFileSync(join(root, "list.txt"), "a.png\tdog\n");
    const set = readPictureList(join(root, "list.txt"), ["cow", "dog"]);
    expect([set.files[0]?.label, set.emptyClasses]).toEqual([1, ["cow"]]);
  });

  it("has no classes where there are no labels", () => {
    const root = folderOf("a.png");
    writeFileSync(join(root, "list.txt"), "a.png\n");
    expect(readPictureList(join(root, "list.txt"))).toMatchObject({
      classes: [],
      files: [{ name: "a.png", label: undefined }],
    });
  });

  it("refuses labels for some of the pictures, and lists of nothing", () => {
    const root = folderOf("a.png");
    const list = join(root, "list.txt");
    writeFileSync(list, "a.png\tdog\na.png\n");
    expect(() => readPictureList(list)).toThrow("1 of 2 pictures have a label.");
    writeFileSync(list, "# nothing\n");
    expect(() => readPictureList(list)).toThrow("names no pictures.");
    writeFileSync(list, "b.png\n");
    expect(() => readPictureList(list)).toThrow("None of the 1 pictures");
  });
});

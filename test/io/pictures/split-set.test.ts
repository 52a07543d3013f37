import { describe, expect, it } from "vitest";
import { listClassFolder } from "../../../src/io/pictures/class-folder.ts";
import { splitSet } from "../../../src/io/pictures/split-set.ts";
import { folderOf } from "./folder-of.ts";

const names = (files: readonly { readonly name: string }[]) => files.map(({ name }) => name);

function set() {
  return listClassFolder(
    folderOf(
      ...[1, 2, 3, 4, 5, 6, 7].map((i) => `apple/${i}.png`),
      ...[1, 2, 3].map((i) => `pear/${i}.png`),
      "pear/empty.png",
    ),
  );
}

describe("splitSet", () => {
  it("holds back the first of each class by name, as Keras does", () => {
    // ImageDataGenerator(validation_split=0.35).flow_from_directory(folder, subset="validation").filenames, Keras 2.2.4
    const { training, validation } = splitSet(set(), { fraction: 0.35 });
    expect(names(validation.files)).toEqual(["apple/1.png", "apple/2.png", "pear/1.png"]);
    expect(names(training.files)).toEqual([
      ...[3, 4, 5, 6, 7].map((i) => `apple/${i}.png`),
      "pear/2.png",
      "pear/3.png",
    ]);
    expect([training.faults.length, validation.faults.length]).toEqual([1, 0]);
  });

  it("holds back as many of each class at random, otherwise for each seed", () => {
    const all = set();
    const split = (seed: number) => splitSet(all, { fraction: 0.35, way: "random", seed });
    expect(split(4)).toEqual(split(4));
    const seen = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const { training, validation } = split(seed);
      expect(validation.files.map(({ label }) => label)).toEqual([0, 0, 1]);
      expect(names([...training.files, ...validation.files]).sort()).toEqual(names(all.files));
      seen.add(names(validation.files).join());
    }
    expect(seen.size).toBeGreaterThan(8);
  });

  it("tells of classes that have none left to hold back", () => {
    const { validation } = splitSet(set(), { fraction: 0.2 });
    expect(validation.emptyClasses).toEqual(["pear"]);
  });

  it("holds one of each class back at random, and leaves one", () => {
    const { training, validation } = splitSet(set(), { fraction: 0.01, way: "random" });
    expect(validation.files.map(({ label }) => label)).toEqual([0, 1]);
    expect(training.files.length).toBe(8);
    expect(splitSet(set(), { fraction: 0.99, way: "random" }).training.files.length).toBe(2);
  });

  it("refuses fractions that leave nothing", () => {
    expect(() => splitSet(set(), { fraction: 1 })).toThrow(
      "The part for validation is 1, expected",
    );
    expect(() => splitSet(set(), { fraction: 0.1 })).toThrow(
      "A part of 0.1 of 10 pictures leaves 0 for validation and 10 for training.",
    );
  });
});

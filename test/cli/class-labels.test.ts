import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadClassLabels } from "../../src/cli/class-labels.ts";
import { temporaryFolder } from "../temporary.ts";

const FLAG = "--class-labels";

function file(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe("class labels", () => {
  it("are a list on the command line", () => {
    expect(loadClassLabels(FLAG, "cat,hot dog,a\\,b")).toEqual(["cat", "hot dog", "a,b"]);
  });

  it("are the lines of a text file, whatever its line ends", () => {
    expect(loadClassLabels(FLAG, file("labels.txt", "\uFEFFcat\r\n hot, dog \r\nfox\n\n"))).toEqual(
      ["cat", "hot, dog", "fox"],
    );
  });

  it("must not have an empty line between them", () => {
    const path = file("labels.txt", "cat\n\ndog\n");
    expect(() => loadClassLabels(FLAG, path)).toThrow(
      `${path}: line 2 is empty, expected one label a line.`,
    );
  });

  it.each([
    ['["cat", "dog"]', ["cat", "dog"]],
    ["[3, 5]", [3, 5]],
    ['{"1": "dog", "0": "cat"}', ["cat", "dog"]],
    ['{"dog": 1, "cat": 0}', ["cat", "dog"]],
  ])("are read from JSON %s", (text, labels) => {
    expect(loadClassLabels(FLAG, file("labels.json", text))).toEqual(labels);
  });

  it.each([
    '{"0": "cat", "2": "dog"}',
    '{"cat": 0, "dog": 2}',
    "[]",
    "{}",
    "[1.5]",
    '["a", 1]',
    "7",
  ])("are not made up from JSON %s", (text) => {
    const path = file("labels.json", text);
    expect(() => loadClassLabels(FLAG, path)).toThrow(
      `${path} holds no class labels, expected ["cat", "dog"], {"0": "cat", "1": "dog"} or {"cat": 0, "dog": 1}.`,
    );
  });

  it("are the subfolders of a data folder in Python's order, hidden ones and files left out", () => {
    const folder = temporaryFolder();
    for (const name of ["b", "B", "a10", "a2", ".cache", "é", "\u{1F600}", "\uFF5E"]) {
      mkdirSync(join(folder, name));
    }
    writeFileSync(join(folder, "readme.txt"), "");
    expect(loadClassLabels(FLAG, folder)).toEqual([
      "B",
      "a10",
      "a2",
      "b",
      "é",
      "\uFF5E",
      "\u{1F600}",
    ]);
  });

  it("need at least one subfolder", () => {
    const folder = temporaryFolder();
    expect(() => loadClassLabels(FLAG, folder)).toThrow(
      `--class-labels: the folder ${folder} has no subfolders, expected one for each class.`,
    );
  });

  it("are not taken for a name when a file is missing", () => {
    expect(() => loadClassLabels(FLAG, "no/labels.txt")).toThrow(
      "--class-labels: no/labels.txt cannot be opened: it does not exist.",
    );
  });
});

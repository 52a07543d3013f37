import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isFolder } from "../../src/formats/bytes.ts";
import { openPath } from "../../src/io/node.ts";
import { temporaryFolder } from "../temporary.ts";

describe("what a path leads to", () => {
  it("is a file", () => {
    const path = join(temporaryFolder(), "a.bin");
    writeFileSync(path, "abc");
    const source = openPath(path);
    expect([isFolder(source), source.name]).toEqual([false, "a.bin"]);
    source.close();
  });

  it("is a folder, whose files are opened when they are asked for", () => {
    const path = join(temporaryFolder(), "a.mlpackage");
    mkdirSync(join(path, "Data"), { recursive: true });
    writeFileSync(join(path, "Data/x"), "abc");
    const folder = openPath(path);
    if (!isFolder(folder)) throw new Error("is no folder");
    expect(folder.name).toBe("a.mlpackage");
    expect(["Data", "Data/x", "Data/y", "Data/x/z"].map((one) => folder.has(one))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(folder.open("Data/x")?.size).toBe(3);
    expect(folder.open("Data/x")).toBe(folder.open("Data/x"));
    expect([folder.open("Data"), folder.open("y")]).toEqual([undefined, undefined]);
    folder.close();
  });

  it("is nothing", () => {
    expect(() => openPath("no/such.mlpackage")).toThrow(
      "no/such.mlpackage cannot be opened: it does not exist.",
    );
  });
});

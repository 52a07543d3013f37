import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { OutputFile } from "../../src/formats/bytes.ts";
import { writeFolder } from "../../src/io/node.ts";
import { temporaryFolder } from "../temporary.ts";

function file(path: string, text: string): OutputFile {
  const bytes = new TextEncoder().encode(text);
  return { path, byteLength: bytes.length, chunks: () => [bytes] };
}

const FILES = [file("weights/a.bin", "numbers"), file("model.json", "{}")];
const replaces = (name: string): boolean => ["weights", "model.json"].includes(name);

describe("writing a folder", () => {
  it("makes it with all its files and leaves nothing else beside it", async () => {
    const place = temporaryFolder();
    await writeFolder(join(place, "web/"), FILES, { replaces });
    expect(readdirSync(place)).toEqual(["web"]);
    expect(readdirSync(join(place, "web")).sort()).toEqual(["model.json", "weights"]);
    expect(readFileSync(join(place, "web/weights/a.bin"), "utf8")).toBe("numbers");
  });

  it("fills an empty folder that is there", async () => {
    const place = temporaryFolder();
    mkdirSync(join(place, "web"));
    await writeFolder(join(place, "web"), FILES, { replaces });
    expect(readFileSync(join(place, "web/model.json"), "utf8")).toBe("{}");
  });

  it("replaces an older result only with force, whole", async () => {
    const place = temporaryFolder();
    const web = join(place, "web");
    await writeFolder(web, FILES, { replaces });
    await expect(writeFolder(web, FILES, { replaces })).rejects.toMatchObject({
      code: "io-write",
      message: `${web} exists already.\n  Add --force to replace it.`,
    });
    await writeFolder(web, [file("model.json", "[]")], { replaces, force: true });
    expect(readdirSync(web)).toEqual(["model.json"]);
    expect(readdirSync(place)).toEqual(["web"]);
  });

  it("never touches a folder with other files, force or not", async () => {
    const place = temporaryFolder();
    writeFileSync(join(place, "thesis.txt"), "years of work");
    await expect(writeFolder(place, FILES, { replaces, force: true })).rejects.toMatchObject({
      message: `${place} holds other files, such as thesis.txt, and is left alone.\n  Give a new or empty folder.`,
    });
    expect(readdirSync(place)).toEqual(["thesis.txt"]);
  });

  it("leaves nothing behind when a file cannot be written", async () => {
    const place = temporaryFolder();
    const broken = { ...file("b.bin", "ab"), chunks: () => [new Uint8Array(1)] };
    await expect(writeFolder(join(place, "web"), [...FILES, broken], { replaces })).rejects.toThrow(
      "1 bytes came out where 2 were announced.",
    );
    expect(readdirSync(place)).toEqual([]);
  });

  it("says that the folder around it is missing", async () => {
    const place = join(temporaryFolder(), "no");
    await expect(writeFolder(join(place, "web"), FILES, { replaces })).rejects.toMatchObject({
      message: `${join(place, "web")} cannot be written: there is no folder ${place}.\n  Make it first: mkdir -p ${place}`,
    });
  });
});

import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readBytes } from "../../src/formats/bytes.ts";
import { openFile, readText } from "../../src/io/node.ts";
import { temporaryFolder } from "../temporary.ts";

const BYTES = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 251);

function file(bytes: Uint8Array = BYTES): string {
  const path = join(temporaryFolder(), "a.bin");
  writeFileSync(path, bytes);
  return path;
}

describe("a file", () => {
  it("gives any range, small and large, in any order", () => {
    const source = openFile(file());
    expect([source.name, source.size]).toEqual(["a.bin", 100_000]);
    const ranges = [
      [0, 8],
      [99_990, 10],
      [16_380, 10],
      [5, 60_000],
      [99_999, 1],
      [3, 2_048],
      [40_000, 2_049],
      [100_000, 0],
    ] as const;
    for (const [offset, length] of ranges) {
      expect(readBytes(source, offset, length, "a part")).toEqual(
        BYTES.slice(offset, offset + length),
      );
    }
    source.close();
  });

  it("that is missing is named", () => {
    expect(() => openFile("no/such.h5")).toThrow(
      "no/such.h5 cannot be opened: it does not exist.\n  Check the path and the spelling.",
    );
  });

  it("cannot be a folder", () => {
    const folder = temporaryFolder();
    expect(() => openFile(folder)).toThrow(`${folder} is a folder, expected a Keras file.`);
  });

  it("cannot be a TensorFlow SavedModel, which is told apart", () => {
    const folder = join(temporaryFolder(), "saved");
    mkdirSync(folder);
    writeFileSync(join(folder, "saved_model.pb"), "");
    expect(() => openFile(folder)).toThrow(
      `${folder} is a TensorFlow SavedModel, expected a Keras file.\n  Load it in Python and save it anew: keras.models.load_model(path).save("model.h5").`,
    );
  });

  it.each([4, 5_000])("that shrinks while %i bytes are read is reported", (length) => {
    const path = file();
    const source = openFile(path);
    truncateSync(path, 50_001);
    expect(() => source.readInto(50_000, new Uint8Array(length))).toThrow(
      "a.bin ends at byte 50001: it became shorter while it was read.",
    );
    source.close();
  });

  it("of text is limited in size", () => {
    const path = file();
    expect(() => readText(path, { maxBytes: 10 })).toThrow(
      `${path} has 100000 bytes, expected at most 10.`,
    );
  });
});

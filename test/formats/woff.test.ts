import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { KcError } from "../../src/errors.ts";
import { unpackWoff } from "../../src/formats/woff.ts";

const { resolve } = createRequire(import.meta.url);
const WOFF = readFileSync(resolve("@fontsource/arimo/files/arimo-latin-400-normal.woff"));

describe("a web font", () => {
  it("unpacks to tables whose checksums are right", () => {
    const font = Buffer.from(unpackWoff(WOFF));
    const count = font.readUInt16BE(4);
    expect(font.readUInt32BE(0)).toBe(0x00010000);
    const tags = Array.from({ length: count }, (_, index) => {
      const at = 12 + 16 * index;
      const [offset, length] = [font.readUInt32BE(at + 8), font.readUInt32BE(at + 12)];
      const tag = font.toString("latin1", at, at + 4);
      let sum = 0;
      for (let word = offset; word < offset + length; word += 4) sum += font.readUInt32BE(word);
      // The checksum of `head` is made without its own adjustment.
      if (tag === "head") sum -= font.readUInt32BE(offset + 8);
      expect([tag, ((sum % 2 ** 32) + 2 ** 32) % 2 ** 32]).toEqual([
        tag,
        font.readUInt32BE(at + 4),
      ]);
      return tag;
    });
    expect(tags).toEqual(expect.arrayContaining(["cmap", "glyf", "head", "hmtx", "loca"]));
  });

  it("that is cut short is refused", () => {
    for (const length of [0, 43, 100, 1000, WOFF.length - 1]) {
      expect(() => unpackWoff(WOFF.subarray(0, length))).toThrow(KcError);
    }
  });

  it("with a flipped byte is refused or unpacked", () => {
    for (let at = 0; at < 400; at += 3) {
      const bytes = Uint8Array.from(WOFF);
      bytes[at] = (bytes[at] ?? 0) ^ 0x55;
      try {
        unpackWoff(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(KcError);
      }
    }
  });
});

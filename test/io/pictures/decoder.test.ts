import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { turnUpright } from "../../../src/image/orientation.ts";
import { convertPixels, type Pixels } from "../../../src/image/pixels.ts";
import { openPictureDecoder } from "../../../src/io/pictures/decoder.ts";
import { FIXTURES } from "../../cases.ts";

const KINDS = join(FIXTURES, "images/kinds");

interface Described {
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
  readonly start: readonly number[];
}

interface KindCase {
  readonly picture: string;
  readonly mode: string;
  readonly grayscale: Described;
  readonly rgb: Described;
  readonly rgba: Described;
  readonly upright: Described;
}

const kinds: readonly KindCase[] = JSON.parse(readFileSync(join(KINDS, "kinds.json"), "utf8"));
const exact = kinds.filter(({ picture }) => picture !== "inks.jpg");
const wasm = await openPictureDecoder({ jpeg: "wasm" });
const auto = await openPictureDecoder();

function file(name: string): Buffer {
  return readFileSync(join(KINDS, name));
}

function described({ width, height, data }: Pixels): Described {
  const sha256 = createHash("sha256").update(data).digest("hex");
  return { width, height, sha256, start: [...data.subarray(0, 12)] };
}

async function refusal(bytes: Uint8Array): Promise<readonly [code: string, message: string]> {
  try {
    await wasm.decode(bytes, "a.jpg");
    return ["", ""];
  } catch (error) {
    if (error instanceof KcError) return [error.code, error.message];
    throw error;
  }
}

async function decodedOr(bytes: Uint8Array): Promise<Pixels | string> {
  try {
    return await wasm.decode(bytes, "a");
  } catch (error) {
    if (error instanceof KcError) return error.code;
    throw error;
  }
}

describe("openPictureDecoder", () => {
  it.each(exact)("gives Pillow's pixels of $picture in every mode", async (item) => {
    const picture = await wasm.decode(file(item.picture), item.picture);
    for (const mode of ["grayscale", "rgb", "rgba"] as const) {
      expect(described(convertPixels(picture, mode))).toEqual(item[mode]);
    }
    const upright = turnUpright(picture, picture.orientation);
    expect(described(convertPixels(upright, "rgb"))).toEqual(item.upright);
  });

  it.each(exact.filter(({ picture }) => picture.endsWith(".jpg")))(
    "gives the same pixels of $picture by whichever library is installed",
    async ({ picture, rgb }) => {
      const decoded = await auto.decode(file(picture), picture);
      expect(described(convertPixels(decoded, "rgb"))).toEqual(rgb);
    },
  );

  it("comes within two levels of Pillow for four inks", async () => {
    const { data } = await wasm.decode(file("inks.jpg"), "inks.jpg");
    const expected = file("inks.rgb.bin");
    const distances = Array.from(data, (value, i) => Math.abs(value - (expected[i] ?? -1000)));
    expect(data.length).toBe(expected.length);
    expect(Math.max(...distances)).toBeLessThanOrEqual(2);
  });

  it("decodes several pictures at once", async () => {
    const names = exact.map(({ picture }) => picture);
    const all = await Promise.all(names.map((name) => wasm.decode(file(name), name)));
    expect(all.map((picture) => described(convertPixels(picture, "rgb")))).toEqual(
      exact.map(({ rgb }) => rgb),
    );
  });

  it.each(kinds)("refuses $picture cut off before its last pixel", async ({ picture }) => {
    const bytes = file(picture);
    const whole = described(await wasm.decode(bytes, picture));
    for (let length = 0; length < bytes.length; length += 1 + Math.floor(bytes.length / 40)) {
      const outcome = await decodedOr(bytes.subarray(0, length));
      // Behind the pixels nothing is needed, by Pillow neither: the end of a PNG, further frames.
      if (typeof outcome === "string") expect(outcome).toMatch(/corrupt-file|bad-format/);
      else expect([length, described(outcome)]).toEqual([length, whole]);
    }
    expect(await decodedOr(bytes.subarray(0, bytes.length * 0.4))).toBe("corrupt-file");
  });

  it.each(kinds)(
    "never ends otherwise than in pixels or a refusal: $picture",
    async ({ picture }) => {
      const bytes = file(picture);
      const { width, height } = await wasm.decode(bytes, picture);
      for (let at = 0; at < bytes.length; at += 1 + Math.floor(bytes.length / 60)) {
        const damaged = new Uint8Array(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
        const [code] = await refusal(damaged);
        expect(["", "corrupt-file", "bad-format", "unsupported", "limit"]).toContain(code);
      }
      // The decoders still work.
      const again = await wasm.decode(bytes, picture);
      expect([again.width, again.height]).toEqual([width, height]);
    },
  );

  it("does not decode half a JPEG into gray", async () => {
    const bytes = file("420.jpg");
    expect(await refusal(bytes.subarray(0, -40))).toEqual([
      "corrupt-file",
      "a.jpg: The picture cannot be decoded: Premature end of JPEG file.\n  The file is cut off or damaged; fetch it again, or leave it out.",
    ]);
  });

  it("reads past stray bytes before a JPEG's end, as Pillow does", async () => {
    const bytes = file("444.jpg");
    const strays = Buffer.concat([
      bytes.subarray(0, -2),
      Buffer.from([1, 2, 3, 4]),
      bytes.subarray(-2),
    ]);
    const [plain, stray] = [await wasm.decode(bytes, "a"), await wasm.decode(strays, "b")];
    expect(Buffer.compare(plain.data, stray.data)).toBe(0);
  });

  it("refuses what is no picture, by name where it has one", async () => {
    const text = (value: string) => Buffer.from(value, "latin1");
    expect(await refusal(text(""))).toEqual([
      "bad-format",
      "a.jpg: This is an empty file, expected JPEG, PNG, WebP, GIF or BMP.",
    ]);
    expect((await refusal(text("II*\0")))[1]).toContain("This is a TIFF picture");
    expect((await refusal(text("\0\0\0\x18ftypheic")))[1]).toContain("This is a HEIC picture");
    expect((await refusal(text("<!DOCTYPE html>")))[1]).toContain("This is a web page");
    expect((await refusal(text("hello")))[1]).toContain("This is no picture");
  });

  it("refuses bombs before it decodes them", async () => {
    const png = new Uint8Array(file("color.png"));
    new DataView(png.buffer).setUint32(16, 100_000);
    new DataView(png.buffer).setUint32(20, 100_000);
    const gif = new Uint8Array(file("palette.gif"));
    gif.fill(0xff, 6, 10);
    expect(await refusal(png)).toEqual([
      "limit",
      "a.jpg: The picture has 100000 by 100000 pixels, expected at most 67108864.",
    ]);
    expect((await refusal(gif))[0]).toBe("limit");
  });
});

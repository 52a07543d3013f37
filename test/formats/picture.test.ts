import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import jpeg from "jpeg-js";
import { describe, expect, it } from "vitest";
import { KcError } from "../../src/errors.ts";
import { decodePicture, isPicture } from "../../src/formats/picture.ts";
import { FIXTURES } from "../cases.ts";

const SNACKS = join(FIXTURES, "snacks/snacks_mobilenet025");

function refusal(bytes: Uint8Array): readonly [code: string, message: string] {
  try {
    decodePicture(bytes, "a.png");
    return ["", ""];
  } catch (error) {
    if (error instanceof KcError) return [error.code, error.message];
    throw error;
  }
}

describe("decodePicture", () => {
  it("gives the pixels that Pillow wrote into a PNG", () => {
    const { width, height, channels, data } = decodePicture(
      readFileSync(join(SNACKS, "picture_1.png")),
      "picture_1.png",
    );
    const pixels = readFileSync(join(SNACKS, "pixels_0.bin")).subarray(224 * 224 * 3);
    expect([width, height, channels]).toEqual([224, 224, 3]);
    expect(Buffer.compare(Buffer.from(data), pixels)).toBe(0);
  });

  it("leaves transparency out", () => {
    const data = Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 255);
    const picture = decodePicture(encode({ width: 2, height: 1, data, channels: 4 }), "a.png");
    expect([picture.channels, [...picture.data]]).toEqual([3, [1, 2, 3, 4, 5, 6]]);
  });

  it("takes the upper 8 of 16 bits", () => {
    const data = Uint16Array.of(0x1234, 0xffff);
    const gray = encode({ width: 2, height: 1, data, channels: 1, depth: 16 });
    expect(decodePicture(gray, "a.png")).toEqual({
      width: 2,
      height: 1,
      channels: 1,
      data: Uint8Array.of(0x12, 0xff),
    });
  });

  it("reads a JPEG", () => {
    const data = new Uint8Array(16 * 8 * 4).fill(200);
    const bytes = jpeg.encode({ width: 16, height: 8, data }, 100).data;
    const picture = decodePicture(bytes, "a.jpg");
    expect([picture.width, picture.height, picture.channels]).toEqual([16, 8, 3]);
    expect(picture.data.every((value) => Math.abs(value - 200) <= 1)).toBe(true);
  });

  it("refuses other files, cut ones, and sizes beyond reason", () => {
    const png = encode({ width: 2, height: 1, data: new Uint8Array(6), channels: 3 });
    const huge = png.slice();
    new DataView(huge.buffer).setUint32(16, 2 ** 30);
    expect(isPicture(Uint8Array.of(1, 2, 3))).toBe(false);
    expect(refusal(Uint8Array.of(1, 2, 3))).toEqual([
      "bad-format",
      "a.png: This is neither a PNG nor a JPEG picture.",
    ]);
    expect(refusal(png.subarray(0, 20))).toEqual([
      "corrupt-file",
      "a.png: The picture is cut off.",
    ]);
    expect(refusal(png.subarray(0, 40))[0]).toBe("corrupt-file");
    expect(refusal(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1))[0]).toBe("corrupt-file");
    expect(refusal(huge)).toEqual([
      "limit",
      "a.png: The picture has 1073741824 by 1 pixels, expected at most 67108864.",
    ]);
  });
});

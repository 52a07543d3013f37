import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openPictureDecoder } from "../../../src/io/pictures/decoder.ts";
import { makeThumbnails } from "../../../src/io/pictures/thumbnails.ts";
import { FIXTURES } from "../../cases.ts";

const KINDS = join(FIXTURES, "images/kinds");

describe("makeThumbnails", () => {
  it("makes small upright JPEGs, none of what cannot be read", async () => {
    const made = await makeThumbnails(
      new Map([
        [7, join(FIXTURES, "images/load/china.png")],
        [8, join(KINDS, "turned-6.jpg")],
        [9, join(KINDS, "kinds.json")],
      ]),
      { size: 60 },
    );
    const decoder = await openPictureDecoder();
    const sizes = [];
    for (const [key, uri] of made) {
      const [, base64 = ""] = uri.split("data:image/jpeg;base64,");
      const { width, height } = await decoder.decode(Buffer.from(base64, "base64"), "a");
      sizes.push([key, width, height]);
    }
    expect(sizes).toEqual([
      [7, 60, 45],
      [8, 23, 37],
    ]);
  });
});

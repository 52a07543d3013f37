import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fitPicture } from "../../src/image/load.ts";
import type { Interpolation } from "../../src/image/resize.ts";
import { openPictureDecoder } from "../../src/io/pictures/decoder.ts";
import { FIXTURES } from "../cases.ts";

const IMAGES = join(FIXTURES, "images");

interface LoadCase {
  readonly picture: string;
  readonly target_size: readonly [height: number, width: number];
  readonly interpolation: Interpolation;
  readonly grayscale: boolean;
  /** Of the pixels, or the file that holds them where the decoder of that Pillow was another one. */
  readonly sha256?: string;
  readonly file?: string;
}

const { load }: { load: readonly LoadCase[] } = JSON.parse(
  readFileSync(join(IMAGES, "case.json"), "utf8"),
);
const decoder = await openPictureDecoder({ jpeg: "wasm" });

async function picture(name: string) {
  return decoder.decode(readFileSync(join(IMAGES, "load", name)), name);
}

describe("fitPicture", () => {
  const named = load.map((item) => ({
    ...item,
    name: `${item.picture} in ${item.target_size.join(" by ")}, ${item.interpolation}${item.grayscale ? ", gray" : ""}`,
  }));

  it.each(named)("gives the pixels of Keras' load_img: $name", async (item) => {
    const [height, width] = item.target_size;
    const { data } = fitPicture(await picture(item.picture), {
      size: { width, height },
      interpolation: item.interpolation,
      colorMode: item.grayscale ? "grayscale" : "rgb",
    });
    if (item.file === undefined) {
      expect(createHash("sha256").update(data).digest("hex")).toBe(item.sha256);
    } else {
      // The references are of Pillow 8.4: decoded by libjpeg instead of libjpeg-turbo, which is one level in one of six
      // thousand pixels; and it cut the gray of palettes where Pillow rounds since.
      const expected = readFileSync(join(IMAGES, "load", item.file));
      const distances = Array.from(data, (value, i) => Math.abs(value - (expected[i] ?? -1000)));
      expect(data.length).toBe(expected.length);
      expect(Math.max(...distances)).toBeLessThanOrEqual(1);
      const different = distances.filter((distance) => distance > 0).length;
      expect(different).toBeLessThanOrEqual(item.picture.endsWith(".jpg") ? 2 : data.length);
    }
  });

  it("leaves a turned photo lying unless told otherwise", async () => {
    const photo = await picture("rotated-exif.jpg");
    const lying = fitPicture(photo);
    const upright = fitPicture(photo, { exif: "turn" });
    expect([lying.width, lying.height]).toEqual([240, 180]);
    expect([upright.width, upright.height]).toEqual([180, 240]);
    // Held at 90 degrees: the upper left is the lower left of what the sensor saw.
    expect([...upright.data.subarray(0, 3)]).toEqual([
      ...lying.data.subarray(179 * 240 * 3, 179 * 240 * 3 + 3),
    ]);
  });

  it("cuts the middle out where the proportions shall stay", async () => {
    const photo = await picture("china.png");
    const square = fitPicture(photo, { size: { width: 180, height: 180 }, fit: "center-crop" });
    const pixel = (x: number, y: number) =>
      photo.data.subarray((y * 240 + x) * 3, (y * 240 + x + 1) * 3);
    expect([...square.data.subarray(0, 3)]).toEqual([...pixel(30, 0)]);
    expect([...square.data.subarray(-3)]).toEqual([...pixel(209, 179)]);
  });
});

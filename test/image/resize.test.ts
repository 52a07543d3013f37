import { describe, expect, it } from "vitest";
import type { Pixels } from "../../src/image/pixels.ts";
import { centerBox, INTERPOLATIONS, resizePixels } from "../../src/image/resize.ts";

function gray(width: number, height: number, ...data: readonly number[]): Pixels {
  return { width, height, channels: 1, data: Uint8Array.from(data) };
}

/** `Image.fromarray(…).resize((w, h), filter)` of Pillow 12.3 on 0, 50, 200, 255, 10 in one row. */
const ROW = gray(5, 1, 0, 50, 200, 255, 10);

describe("resizePixels", () => {
  it("gives back a picture that has the size already", () => {
    expect(resizePixels(ROW, { width: 5, height: 1 })).toBe(ROW);
  });

  it.each([
    ["nearest", 3, [0, 200, 10]],
    ["nearest", 8, [0, 0, 50, 200, 200, 255, 10, 10]],
    ["lanczos", 3, [5, 201, 121]],
    ["lanczos", 8, [0, 6, 58, 150, 252, 255, 105, 0]],
    ["bilinear", 3, [21, 179, 115]],
    ["bilinear", 8, [0, 22, 59, 153, 217, 252, 117, 10]],
    ["bicubic", 3, [14, 191, 118]],
    ["bicubic", 8, [0, 12, 57, 157, 234, 255, 109, 0]],
    ["box", 3, [25, 200, 133]],
    ["box", 8, [0, 0, 50, 200, 200, 255, 10, 10]],
    ["hamming", 3, [19, 186, 102]],
    ["hamming", 8, [0, 18, 51, 179, 208, 255, 98, 10]],
  ] as const)("is Pillow's %s", (interpolation, width, expected) => {
    expect([...resizePixels(ROW, { width, height: 1, interpolation }).data]).toEqual(expected);
  });

  it("does not let transparent colours shine through", () => {
    const data = Uint8Array.of(255, 0, 0, 0, 0, 0, 200, 255);
    const picture: Pixels = { width: 2, height: 1, channels: 4, data };
    const [pixel] = [
      resizePixels(picture, { width: 1, height: 1, interpolation: "bilinear" }).data,
    ];
    expect([...pixel]).toEqual([0, 0, 199, 128]);
  });

  it("takes a part of a picture", () => {
    const box = { left: 2, top: 0, right: 4, bottom: 1 };
    expect([...resizePixels(ROW, { width: 2, height: 1, box }).data]).toEqual([200, 255]);
  });

  it("keeps every flat picture flat", () => {
    for (const interpolation of INTERPOLATIONS) {
      const flat = gray(7, 9, ...new Array<number>(63).fill(201));
      const { data } = resizePixels(flat, { width: 4, height: 23, interpolation });
      expect(data.every((value) => value === 201)).toBe(true);
    }
  });
});

describe("centerBox", () => {
  it("has the proportions of the size, as large as the picture allows", () => {
    const picture = { width: 240, height: 181, channels: 1, data: new Uint8Array() } as const;
    expect(centerBox(picture, 100, 100)).toEqual({ left: 29, top: 0, right: 210, bottom: 181 });
    expect(centerBox(picture, 100, 10)).toEqual({ left: 0, top: 78, right: 240, bottom: 102 });
  });
});

import { describe, expect, it } from "vitest";
import { contactSheet } from "../../src/image/contact-sheet.ts";
import type { Pixels } from "../../src/image/pixels.ts";

function plain(width: number, height: number, level: number): Pixels {
  return { width, height, channels: 1, data: new Uint8Array(width * height).fill(level) };
}

function at({ width, data }: Pixels, x: number, y: number): readonly number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

describe("contactSheet", () => {
  it("lays pictures out in rows, with white between them", () => {
    const sheet = contactSheet([[plain(10, 6, 1), plain(5, 2, 2)], [plain(3, 3, 3)]]);
    expect([sheet.width, sheet.height, sheet.channels]).toEqual([
      4 + 10 + 4 + 5 + 4,
      4 + 6 + 4 + 3 + 4,
      3,
    ]);
    expect(at(sheet, 4, 4)).toEqual([1, 1, 1]);
    expect(at(sheet, 18, 5)).toEqual([2, 2, 2]);
    expect(at(sheet, 18, 6)).toEqual([255, 255, 255]);
    expect(at(sheet, 6, 16)).toEqual([3, 3, 3]);
    expect(at(sheet, 3, 3)).toEqual([255, 255, 255]);
  });
});

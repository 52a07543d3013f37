import { describe, expect, it } from "vitest";
import { convertPixels, type Pixels } from "../../src/image/pixels.ts";

function pixel(...data: readonly [number] | readonly [number, number, number, number]): Pixels {
  return { width: 1, height: 1, channels: data.length, data: Uint8Array.from(data) };
}

describe("convertPixels", () => {
  it("repeats gray for each colour", () => {
    expect([...convertPixels(pixel(7), "rgb").data]).toEqual([7, 7, 7]);
    expect([...convertPixels(pixel(7), "rgba").data]).toEqual([7, 7, 7, 255]);
  });

  it("makes gray by the brightness of each colour, without alpha", () => {
    // Pillow: Image.new("RGBA", (1, 1), (200, 100, 50, 3)).convert("L") is 124.
    expect([...convertPixels(pixel(200, 100, 50, 3), "grayscale").data]).toEqual([124]);
  });

  it("drops alpha without blending", () => {
    expect([...convertPixels(pixel(200, 100, 50, 3), "rgb").data]).toEqual([200, 100, 50]);
  });

  it("gives back a picture that has the mode already", () => {
    const picture = pixel(7);
    expect(convertPixels(picture, "grayscale")).toBe(picture);
  });
});

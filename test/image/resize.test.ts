import { describe, expect, it } from "vitest";
import { type Pixels, resizePixels, withChannels } from "../../src/image/resize.ts";

function gray(width: number, height: number, ...data: readonly number[]): Pixels {
  return { width, height, channels: 1, data: Uint8Array.from(data) };
}

describe("resizePixels", () => {
  it("keeps a picture of the right size", () => {
    const picture = gray(2, 1, 5, 9);
    expect(resizePixels(picture, 2, 1)).toBe(picture);
  });

  // cv2.resize(np.uint8([[0, 100]]), (4, 1)): INTER_LINEAR, half-pixel centres.
  it("mixes neighbours around half-pixel centres", () => {
    expect([...resizePixels(gray(2, 1, 0, 100), 4, 1).data]).toEqual([0, 25, 75, 100]);
  });

  it("stretches each side by itself", () => {
    expect([...resizePixels(gray(2, 2, 0, 100, 200, 40), 1, 2).data]).toEqual([50, 120]);
  });
});

describe("withChannels", () => {
  it("repeats gray for each colour", () => {
    expect([...withChannels(gray(2, 1, 7, 9), 3).data]).toEqual([7, 7, 7, 9, 9, 9]);
  });

  it("weighs colours by their brightness", () => {
    const data = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255);
    const picture: Pixels = { width: 3, height: 1, channels: 3, data };
    expect([...withChannels(picture, 1).data]).toEqual([76, 150, 29]);
  });
});

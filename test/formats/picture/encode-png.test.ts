import { describe, expect, it } from "vitest";
import { encodePng } from "../../../src/formats/picture/encode-png.ts";
import type { Picture } from "../../../src/formats/picture/picture.ts";
import { decodePng } from "../../../src/formats/picture/png.ts";

describe("encodePng", () => {
  it.each([1, 2, 3, 4] as const)("keeps every pixel of %d channels", (channels) => {
    const data = Uint8Array.from({ length: 7 * 5 * channels }, (_, i) => (i * i * 37) % 256);
    const picture: Picture = { width: 7, height: 5, channels, data };
    expect(decodePng(encodePng(picture), "made.png")).toEqual(picture);
  });

  it("writes what other readers know by its first bytes", () => {
    const bytes = encodePng({ width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) });
    expect(Buffer.from(bytes.subarray(0, 16)).toString("latin1")).toBe(
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    );
  });
});

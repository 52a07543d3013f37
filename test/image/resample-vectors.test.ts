import { expect, it } from "vitest";
import { FILTERS, tapsOf } from "../../src/image/filters.ts";
import type { Pixels } from "../../src/image/pixels.ts";
import { resampleColumns, resampleRows } from "../../src/image/resample.ts";
import { columnsInVectors, rowsInVectors } from "../../src/image/resample-vectors.ts";

/** With extremes, so that sharp filters go beyond 0 and 255. */
function noise(width: number, height: number, channels: Pixels["channels"]): Pixels {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0, state = 1; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state % 10 < 3 ? 0 : state % 10 < 6 ? 255 : state >>> 24;
  }
  return { width, height, channels, data };
}

function expectSame(made: Pixels | undefined, wanted: Pixels): void {
  expect({ ...made, data: 0 }).toEqual({ ...wanted, data: 0 });
  expect(Buffer.compare(made?.data ?? new Uint8Array(), wanted.data)).toBe(0);
}

it.each(["bilinear", "bicubic", "lanczos", "box", "hamming"] as const)(
  "averages as the plain loops do: %s",
  (name) => {
    for (const [from, to] of [
      [61, 17],
      [17, 61],
      [33, 32],
      [5, 1],
      [1, 9],
    ] as const) {
      const picture = noise(from, 23, 3);
      const taps = tapsOf(FILTERS[name], from, 0, from, to);
      expectSame(rowsInVectors(picture, taps, 2, 20), resampleRows(picture, taps, 2, 20));
      for (const channels of [1, 3, 4] as const) {
        const high = noise(13, from, channels);
        expectSame(columnsInVectors(high, taps, 0), resampleColumns(high, taps, 0));
      }
    }
  },
);

it("grows with the picture, and leaves very large ones to the plain loops", () => {
  const taps = tapsOf(FILTERS.bilinear, 2000, 0, 2000, 224);
  const large = noise(2000, 800, 3);
  expectSame(rowsInVectors(large, taps, 0, 800), resampleRows(large, taps, 0, 800));
  const gray = noise(4, 4, 1);
  expect(rowsInVectors(gray, tapsOf(FILTERS.box, 4, 0, 4, 2), 0, 4)).toBeUndefined();
  const huge = {
    width: 2000,
    height: 6000,
    channels: 3,
    data: new Uint8Array(36_000_000),
  } as const;
  expect(rowsInVectors(huge, taps, 0, 6000)).toBeUndefined();
});

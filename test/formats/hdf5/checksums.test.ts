import { describe, expect, it } from "vitest";
import { fletcher32 } from "../../../src/formats/hdf5/fletcher32.ts";
import { lookup3 } from "../../../src/formats/hdf5/lookup3.ts";

const TEXT = new TextEncoder().encode(
  "Four score and seven years ago, our fathers brought forth upon this continent a new nation",
);
const LONG = Uint8Array.from({ length: 5001 }, (_, at) => (at * 37 + 11) % 256);

/** From the HDF5 library itself: H5_checksum_lookup3 and H5_checksum_fletcher32 of HDF5 1.14.6. */
const LIBRARY: readonly (readonly [length: number, lookup3: number, fletcher32: number])[] = [
  [1, 661259271, 1174423040],
  [2, 3304306759, 1181697647],
  [3, 844359815, 31439727],
  [4, 4040945318, 38910945],
  [5, 2761345673, 3727875041],
  [7, 2827710060, 503005013],
  [8, 748975344, 510279620],
  [11, 402148783, 2730349097],
  [12, 3436851771, 2736706186],
  [13, 289621410, 3819520139],
  [24, 1319803667, 930263585],
  [25, 730353697, 1536435234],
  [40, 1717914287, 3714225381],
  [90, 374562677, 2416241290],
];

describe("lookup3", () => {
  it.each(LIBRARY)("of %d bytes is the library's", (length, expected) => {
    expect(lookup3(TEXT.subarray(0, length))).toBe(expected);
  });

  it("of many bytes is the library's", () => {
    expect(lookup3(LONG)).toBe(2419532634);
  });
});

describe("fletcher32", () => {
  it.each(LIBRARY)("of %d bytes is the library's", (length, _lookup3, expected) => {
    expect(fletcher32(TEXT.subarray(0, length))).toBe(expected);
  });

  it("of many bytes is the library's", () => {
    expect(fletcher32(LONG)).toBe(3289446562);
    expect(fletcher32(new Uint8Array(2000).fill(0xff))).toBe(4294967295);
  });
});

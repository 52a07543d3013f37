import { describe, expect, it } from "vitest";
import { philox4x32, randomAt } from "../src/random.ts";

function take(count: number, next: () => number): readonly number[] {
  return Array.from({ length: count }, next);
}

describe("philox4x32", () => {
  // Known answers of its authors: Random123, tests/kat_vectors, philox4x32 with 10 rounds.
  it.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ] as const)("gives its authors' words for %j and %j", (counter, key, words) => {
    const made = philox4x32([...counter], [...key]);
    expect(made.map((word) => word.toString(16).padStart(8, "0")).join(" ")).toBe(words);
  });
});

describe("randomAt", () => {
  it("gives the same numbers for the same place", () => {
    const place = { purpose: "augmentation", time: 3, item: 17 } as const;
    expect(take(5, randomAt(7, place))).toEqual(take(5, randomAt(7, place)));
  });

  it("gives other numbers for another seed, purpose, time, item or repeat", () => {
    const rows = [
      randomAt(1, { purpose: "order" }),
      randomAt(2, { purpose: "order" }),
      randomAt(1 + 2 ** 32, { purpose: "order" }),
      randomAt(1, { purpose: "augmentation" }),
      randomAt(1, { purpose: "order", time: 1 }),
      randomAt(1, { purpose: "order", item: 1 }),
      randomAt(1, { purpose: "order", repeat: 1 }),
    ].map((next) => take(4, next).join());
    expect(new Set(rows).size).toBe(rows.length);
  });

  it("spreads numbers evenly from 0 up to 1", () => {
    const numbers = take(20_000, randomAt(5, { purpose: "dropout" }));
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    const square = numbers.reduce((sum, value) => sum + value ** 2, 0) / numbers.length;
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(square).toBeCloseTo(1 / 3, 2);
    expect(numbers.every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

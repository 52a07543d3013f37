import { describe, expect, it } from "vitest";
import { standardize } from "../../../src/image/augment/standardize.ts";

// numpy: x - np.mean(x), and that / (np.std(x) + 1e-6), in float32.
const NUMBERS = [1, 2, 3, 10];

describe("standardize", () => {
  it("leaves numbers as they are unless it is told to", () => {
    expect([...standardize(Float32Array.from(NUMBERS), "none")]).toEqual(NUMBERS);
  });

  it("takes the mean off", () => {
    expect([...standardize(Float32Array.from(NUMBERS), "center")]).toEqual([-3, -2, -1, 6]);
  });

  it("divides by the deviation", () => {
    const made = standardize(Float32Array.from(NUMBERS), "deviation");
    const wanted = [
      -0.8485279083251953, -0.5656852722167969, -0.28284263610839844, 1.6970558166503906,
    ];
    made.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i] ?? 0, 6);
    });
  });

  it("gives zeros for a picture of one colour", () => {
    expect([...standardize(Float32Array.of(7, 7, 7), "deviation")]).toEqual([0, 0, 0]);
  });
});

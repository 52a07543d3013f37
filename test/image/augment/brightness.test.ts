import { describe, expect, it } from "vitest";
import { shiftBrightness } from "../../../src/image/augment/brightness.ts";

const PICTURE = { width: 2, height: 1, channels: 3 } as const;
const LEVELS = [50, 100, 201, 51, 99, 200];
const BELOW = LEVELS.map((level) => level - 60);

/** Made by `apply_brightness_shift` of keras-preprocessing 1.1.0 and 1.1.2 and of Keras 3.15.1, at 0.7. */
const MADE = [
  ["keras-preprocessing", LEVELS, [44, 88, 178, 44, 87, 177]],
  ["keras-preprocessing", BELOW, [0, 58, 178, 0, 57, 177]],
  ["keras-preprocessing-1.1.1", LEVELS, [0, 58, 178, 0, 57, 177]],
  ["keras-preprocessing-1.1.1", BELOW, [0, 58, 178, 0, 57, 177]],
  ["keras-2.9", LEVELS, [35, 70, 140, 35, 69, 140]],
  [
    "keras-2.9",
    BELOW,
    [-10, 24.345096588134766, 95.40392303466797, -10, 23.752941131591797, 94.811767578125],
  ],
] as const;

describe("shiftBrightness", () => {
  it.each(MADE)("stretches levels as %s does: %j", (version, levels, expected) => {
    const picture = { ...PICTURE, data: Float32Array.from(levels) };
    expect(Array.from(shiftBrightness(picture, 0.7, version).data)).toEqual(expected);
  });
});

import { describe, expect, it } from "vitest";
import { applyTransform } from "../../../src/image/augment/apply-transform.ts";
import { type ChangedInput, changeInVectors } from "../../../src/image/augment/augment-vectors.ts";
import { floatPixels } from "../../../src/image/augment/float-pixels.ts";
import {
  FILL_MODES,
  GENERATOR_VERSIONS,
  IDENTITY,
  type TransformParameters,
} from "../../../src/image/augment/generator.ts";
import type { Pixels } from "../../../src/image/pixels.ts";
import { prepareNumbers } from "../../../src/image/prepare.ts";
import { PRESETS } from "../../../src/image/preprocessing.ts";
import { randomAt } from "../../../src/random.ts";

function noise(width: number, height: number, seed = 1): Pixels {
  const random = randomAt(seed, { purpose: "sampling" });
  const data = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256));
  return { width, height, channels: 3, data };
}

/** Every bit of it, by the plain loops. */
function expectSame(picture: Pixels, input: ChangedInput): void {
  const { transform, fill, prepare } = input;
  const wanted = prepareNumbers(applyTransform(floatPixels(picture), transform, fill), prepare);
  const made = new Float32Array(wanted.length + 2).fill(7);
  expect(changeInVectors(picture, input, made, 1)).toBe(true);
  expect([made[0], made.at(-1)]).toEqual([7, 7]);
  const differs = wanted.findIndex((value, index) => !Object.is(value, made[index + 1]));
  const told = { differs, wanted: wanted[differs], made: made[differs + 1] };
  expect(told, JSON.stringify({ ...input, size: [picture.width, picture.height] })).toEqual({
    differs: -1,
    wanted: undefined,
    made: made[0],
  });
}

const prepare = { preprocessing: PRESETS.none };

function changes(random: () => number): TransformParameters {
  const some = (value: number, otherwise: number) => (random() < 0.3 ? otherwise : value);
  const between = (most: number) => (random() * 2 - 1) * most;
  const far = random() < 0.1 ? 40 : 1;
  return {
    theta: some(between(180), random() < 0.5 ? 0 : 90),
    tx: some(between(9) * far, random() < 0.5 ? 0 : 3),
    ty: some(between(9) * far, random() < 0.5 ? 0 : -4),
    shear: some(between(60), 0),
    zx: some(random() * 3 * far, 1),
    zy: some(random() * 3 * far, 1),
    flipHorizontal: random() < 0.5,
    flipVertical: random() < 0.5,
    channelShiftIntensity: random() < 0.5 ? undefined : between(100),
    brightness: random() < 0.5 ? undefined : random() * 2,
  };
}

describe("changeInVectors", () => {
  it.each(
    FILL_MODES.flatMap((fillMode) =>
      GENERATOR_VERSIONS.map((version) => [fillMode, version] as const),
    ),
  )("gives the numbers of the plain loops, bit for bit: %s, %s", (fillMode, version) => {
    const random = randomAt(FILL_MODES.indexOf(fillMode), { purpose: "augmentation" });
    const sizes = [1, 2, 3, 4, 5, 7, 8, 16, 17, 31, 40];
    const size = () => sizes[Math.floor(random() * sizes.length)] ?? 1;
    for (let round = 0; round < 150; round++) {
      const picture = noise(size(), size(), round);
      const cval = random() * 300 - 20;
      const transform = changes(random);
      expectSame(picture, { transform, fill: { fillMode, cval, version }, prepare });
    }
  });

  it.each(Object.values(PRESETS))("prepares them for the network: $name", (preprocessing) => {
    const own = { ...preprocessing, bias: [0.1, 0.2, 0.3], scale: [0.01, 0.02, 0.03] } as const;
    for (const numbers of [preprocessing, own]) {
      for (const layout of ["channels-last", "channels-first"] as const) {
        expectSame(noise(13, 9), {
          transform: { ...IDENTITY, theta: 20, channelShiftIntensity: 30, flipHorizontal: true },
          fill: { fillMode: "constant", cval: -3.7, version: "keras-2.9" },
          prepare: { preprocessing: numbers, layout },
        });
      }
    }
  });

  it("stretches what brightness finds beyond the levels", () => {
    for (const version of GENERATOR_VERSIONS) {
      for (const cval of [-40, 400]) {
        const transform = { ...IDENTITY, tx: 4, brightness: 1.3, channelShiftIntensity: 10 };
        expectSame(noise(10, 10), {
          transform,
          fill: { fillMode: "constant", cval, version },
          prepare,
        });
      }
      const flat: Pixels = { width: 4, height: 4, channels: 3, data: new Uint8Array(48) };
      const transform = { ...IDENTITY, brightness: 0.5 };
      expectSame(flat, { transform, fill: { fillMode: "nearest", cval: 0, version }, prepare });
    }
  });

  it("leaves other pictures and matrices that lead very far away to the plain loops", () => {
    const fill = { fillMode: "wrap", cval: 0, version: "keras-2.9" } as const;
    const target = new Float32Array(300);
    const far = { transform: { ...IDENTITY, tx: 2 ** 31 }, fill, prepare };
    expect(changeInVectors(noise(10, 10), far, target, 0)).toBe(false);
    const gray: Pixels = { width: 10, height: 10, channels: 1, data: new Uint8Array(100) };
    expect(changeInVectors(gray, { transform: IDENTITY, fill, prepare }, target, 0)).toBe(false);
    const large = { width: 4096, height: 2048, channels: 3, data: new Uint8Array(1) } as const;
    expect(changeInVectors(large, { transform: IDENTITY, fill, prepare }, target, 0)).toBe(false);
    expect(target.every((value) => value === 0)).toBe(true);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { applyTransform } from "../../../src/image/augment/apply-transform.ts";
import { changeInVectors } from "../../../src/image/augment/augment-vectors.ts";
import type { FloatPixels } from "../../../src/image/augment/float-pixels.ts";
import {
  type FillMode,
  IDENTITY,
  type TransformParameters,
} from "../../../src/image/augment/generator.ts";
import { PRESETS } from "../../../src/image/preprocessing.ts";
import { FIXTURES } from "../../cases.ts";

/** What Keras 2.2.4 made of a picture of 64 by 48. */
interface AugmentCase {
  readonly name: string;
  readonly fill_mode: FillMode;
  readonly cval: number;
  readonly parameters: Readonly<Record<string, number | boolean>>;
  readonly input: string;
  readonly file: string;
  readonly shape: readonly number[];
  readonly tolerance_abs: number;
}

const FOLDER = join(FIXTURES, "images");
const { augment }: { augment: readonly AugmentCase[] } = JSON.parse(
  readFileSync(join(FOLDER, "case.json"), "utf8"),
);

function read(file: string): Float32Array {
  const bytes = gunzipSync(readFileSync(join(FOLDER, "augment", `${file}.gz`)));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function numbersOf(parameters: AugmentCase["parameters"]): Partial<TransformParameters> {
  const names = Object.entries(parameters).map(([name, value]) => [
    name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(names);
}

function farthest(made: FloatPixels, wanted: Float32Array): number {
  expect(made.data.length).toBe(wanted.length);
  return made.data.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (wanted[i] ?? 0))),
    0,
  );
}

describe("applyTransform", () => {
  it.each(augment)("does what Keras 2.2.4 does: $file", (item) => {
    const [height = 0, width = 0] = item.shape;
    const picture = { width, height, channels: 3, data: read(item.input) } as const;
    const parameters = { ...IDENTITY, ...numbersOf(item.parameters) };
    const options = {
      fillMode: item.fill_mode,
      cval: item.cval,
      version: "keras-preprocessing",
    } as const;
    const made = applyTransform(picture, parameters, options);
    expect(farthest(made, read(item.file))).toBeLessThan(1e-4);
  });
});

describe("changeInVectors", () => {
  it.each(augment)("does what Keras 2.2.4 does: $file", (item) => {
    const [height = 0, width = 0] = item.shape;
    const pixels = read(item.input);
    const data = Uint8Array.from(pixels);
    expect(Float32Array.from(data)).toEqual(pixels);
    const input = {
      transform: { ...IDENTITY, ...numbersOf(item.parameters) },
      fill: { fillMode: item.fill_mode, cval: item.cval, version: "keras-preprocessing" },
      prepare: { preprocessing: PRESETS.none },
    } as const;
    const made = { width, height, channels: 3, data: new Float32Array(data.length) } as const;
    expect(changeInVectors({ ...made, data }, input, made.data, 0)).toBe(true);
    expect(farthest(made, read(item.file))).toBeLessThan(1e-4);
  });
});

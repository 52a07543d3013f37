import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Pixels } from "../../src/image/pixels.ts";
import { prepareNumbers, preparePixels } from "../../src/image/prepare.ts";
import { findPreprocessing, PRESETS } from "../../src/image/preprocessing.ts";
import { FIXTURES } from "../cases.ts";

const IMAGES = join(FIXTURES, "images");
const { preprocess }: { preprocess: readonly { family: string; input: string; file: string }[] } =
  JSON.parse(readFileSync(join(IMAGES, "case.json"), "utf8"));

function floats(name: string): Float32Array {
  const bytes = new Uint8Array(readFileSync(join(IMAGES, "preprocess", name)));
  return new Float32Array(bytes.buffer);
}

function photo(): Pixels {
  return { width: 8, height: 8, channels: 3, data: Uint8Array.from(floats("input.bin")) };
}

describe("preparePixels", () => {
  it.each(preprocess)("is preprocess_input of $family, bit for bit", ({ family, file }) => {
    const prepared = preparePixels(photo(), { preprocessing: findPreprocessing(family) });
    expect(
      Buffer.compare(Buffer.from(prepared.buffer), readFileSync(join(IMAGES, "preprocess", file))),
    ).toBe(0);
  });

  it("puts the channels first where the network wants them so", () => {
    const preprocessing = PRESETS.caffe;
    const last = preparePixels(photo(), { preprocessing });
    const first = preparePixels(photo(), { preprocessing, layout: "channels-first" });
    const moved = Float32Array.from(
      { length: 192 },
      (_, i) => last[(i % 64) * 3 + Math.floor(i / 64)] ?? 0,
    );
    expect(first).toEqual(moved);
  });

  it("multiplies and adds in float32 what the user states, as Keras' Rescaling does", () => {
    const scale = 1 / 255;
    const preprocessing = { ...PRESETS["0-1"], name: "custom", bias: [0.1, 0.1, 0.1] as const };
    const [value] = preparePixels(
      { width: 1, height: 1, channels: 1, data: Uint8Array.of(77) },
      { preprocessing },
    );
    expect(value).toBe(Math.fround(Math.fround(77 * Math.fround(scale)) + Math.fround(0.1)));
  });

  it("writes into a batch", () => {
    const batch = new Float32Array(2 * 192);
    preparePixels(photo(), { preprocessing: PRESETS.none }, batch, 192);
    expect(batch.subarray(0, 192).every((value) => value === 0)).toBe(true);
    expect([...batch.subarray(192)]).toEqual([...photo().data]);
  });

  it("leaves alpha alone", () => {
    const picture: Pixels = {
      width: 1,
      height: 1,
      channels: 4,
      data: Uint8Array.of(255, 0, 255, 9),
    };
    expect([...preparePixels(picture, { preprocessing: PRESETS.tf })]).toEqual([1, -1, 1, 9]);
  });
});

describe("prepareNumbers", () => {
  it.each(preprocess)("is preprocess_input of $family too, bit for bit", ({ family, file }) => {
    const picture = { ...photo(), data: floats("input.bin") };
    const prepared = prepareNumbers(picture, { preprocessing: findPreprocessing(family) });
    expect(
      Buffer.compare(Buffer.from(prepared.buffer), readFileSync(join(IMAGES, "preprocess", file))),
    ).toBe(0);
  });

  it("takes numbers between two levels, and leaves alpha alone", () => {
    const picture = {
      width: 1,
      height: 1,
      channels: 4,
      data: Float32Array.of(0.5, 1, 2, 100.25),
    } as const;
    const prepared = prepareNumbers(picture, { preprocessing: PRESETS.tf });
    expect(prepared[0]).toBe(Math.fround(Math.fround(0.5 / 127.5) - 1));
    expect(prepared[3]).toBe(100.25);
  });
});

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

/** An ML Program that takes pictures of 8 × 8, with what Keras says of two of them. */
const FOLDER = join(FIXTURES, "mlpackage/keras/image_rgb");
const PACKAGE = join(FOLDER, "model.mlpackage.zip");
const { scale, bias }: { readonly scale: number; readonly bias: readonly number[] } = JSON.parse(
  readFileSync(join(FOLDER, "case.json"), "utf8"),
);
const SIDE = 8;

function floats(name: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(join(FOLDER, name))).buffer);
}

/** The picture that a sample was made of, as BMP: rows from below, blue first. */
function pictureOf(sample: number): Uint8Array {
  const prepared = floats("input_0.bin").subarray(sample * SIDE * SIDE * 3);
  const bytes = new Uint8Array(54 + SIDE * SIDE * 3);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, SIDE, true);
  view.setInt32(22, SIDE, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let at = 0; at < SIDE * SIDE * 3; at++) {
    const [row, place] = [Math.floor(at / (SIDE * 3)), at % (SIDE * 3)];
    const color = place % 3;
    const value = ((prepared[at] ?? 0) - (bias[color] ?? 0)) / scale;
    bytes[54 + (SIDE - 1 - row) * SIDE * 3 + place - color + 2 - color] = Math.round(value);
  }
  return bytes;
}

/** Both pictures, one of them where it belongs. */
function pictures(): string {
  const folder = temporaryFolder();
  for (const name of ["ant", "bee", "cat"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "ant/0.bmp"), pictureOf(0));
  writeFileSync(join(folder, "cat/1.bmp"), pictureOf(1));
  return folder;
}

describe("an ML Program that takes pictures", () => {
  it("predicts what Keras predicts of the same pixels, with its own labels", async () => {
    const folder = pictures();
    const { code, stdout } = await run("predict", PACKAGE, join(folder, "ant/0.bmp"), "--json");
    const { pictures: said, classes } = JSON.parse(stdout);
    expect([code, classes]).toEqual([0, ["ant", "bee", "cat"]]);
    said[0].probabilities.forEach((value: number, index: number) => {
      expect(value).toBeCloseTo(floats("output_0.bin")[index] ?? Number.NaN, 5);
    });
  });

  it("is evaluated on folders of its classes", async () => {
    const { code, stdout } = await run("evaluate", PACKAGE, pictures(), "--json");
    const { images, accuracy, loss, confusionMatrix } = JSON.parse(stdout);
    expect([code, images, accuracy]).toEqual([0, 2, 0.5]);
    expect(confusionMatrix).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
    const [own = 0, , , , , other = 0] = floats("output_0.bin");
    expect(loss).toBeCloseTo(-(Math.log(own) + Math.log(other)) / 2, 4);
  });
});

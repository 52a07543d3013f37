// npm run check:images [-- SEED COUNT]: decodes, converts and resizes as Pillow does, bit for bit.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { turnUpright } from "../../src/image/orientation.ts";
import { CHANNELS, type ColorMode, convertPixels, type Pixels } from "../../src/image/pixels.ts";
import { type Interpolation, resizePixels } from "../../src/image/resize.ts";
import { openPictureDecoder } from "../../src/io/pictures/decoder.ts";
import { conclude } from "./conclude.ts";
import { PILLOW } from "./environments.ts";
import { emptyFolder, runPython } from "./python.ts";

interface Reference {
  readonly file: string;
  readonly width: number;
  readonly height: number;
}

type Case =
  | {
      readonly what: "decode";
      readonly picture: string;
      readonly mode: string;
      readonly wanted: Readonly<Record<ColorMode, Reference>>;
      readonly upright: Reference;
      readonly tolerance: number;
    }
  | {
      readonly what: "resize";
      readonly color: ColorMode;
      readonly interpolation: Interpolation;
      readonly box: readonly [number, number, number, number] | null;
      readonly source: Reference;
      readonly target: Reference;
    };

const [seed = "1", count = "2000"] = process.argv.slice(2);
const folder = emptyFolder("images");
const told = runPython(PILLOW, "images.py", [folder, seed, count]);
const { pillow, cases }: { pillow: string; cases: readonly Case[] } = JSON.parse(told);
const decoders = [await openPictureDecoder({ jpeg: "wasm" }), await openPictureDecoder()];
const wrong: string[] = [];
let wrongCases = 0;
for (const item of cases) {
  const before = wrong.length;
  if (item.what === "resize") checkResize(item);
  else for (const decoder of decoders) await checkDecode(item, decoder);
  if (wrong.length > before) wrongCases += 1;
}
conclude(cases.length, `cases are as in Pillow ${pillow} (seed ${seed})`, wrong, wrongCases);

async function checkDecode(
  item: Extract<Case, { what: "decode" }>,
  decoder: (typeof decoders)[number],
): Promise<void> {
  const name = `${item.picture} (${item.mode}, ${decoder.jpeg})`;
  try {
    const bytes = readFileSync(join(folder, item.picture));
    const picture = await decoder.decode(bytes, item.picture);
    for (const color of ["grayscale", "rgb", "rgba"] as const) {
      const made = convertPixels(picture, color);
      report(`${name} as ${color}`, made, item.wanted[color], item.tolerance);
    }
    const upright = convertPixels(turnUpright(picture, picture.orientation), "rgb");
    report(`${name} upright`, upright, item.upright, item.tolerance);
  } catch (error) {
    wrong.push(`${name}: ${error}`);
  }
}

function checkResize(item: Extract<Case, { what: "resize" }>): void {
  const { source, target, color, interpolation, box } = item;
  const data = readFileSync(join(folder, source.file));
  const picture = { ...source, channels: CHANNELS[color], data };
  const [left = 0, top = 0, right = 0, bottom = 0] = box ?? [];
  const made = resizePixels(picture, {
    width: target.width,
    height: target.height,
    interpolation,
    ...(box === null ? {} : { box: { left, top, right, bottom } }),
  });
  const sizes = `${source.width}x${source.height} to ${target.width}x${target.height}`;
  report(`${color} ${sizes} ${interpolation} ${JSON.stringify(box)}`, made, target, 0);
}

function report(name: string, made: Pixels, wanted: Reference, tolerance: number): void {
  const expected = readFileSync(join(folder, wanted.file));
  if (made.width !== wanted.width || made.height !== wanted.height) {
    wrong.push(`${name}: ${made.width}x${made.height}, not ${wanted.width}x${wanted.height}`);
    return;
  }
  let [different, most] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs((expected[i] ?? 0) - (made.data[i] ?? -1000));
    if (distance > tolerance) different += 1;
    most = Math.max(most, distance);
  }
  if (different > 0)
    wrong.push(`${name}: ${different} of ${expected.length} differ, by up to ${most}`);
}

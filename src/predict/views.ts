import { fail } from "../errors.ts";
import type { PictureInput, PictureSize } from "./classifier.ts";

/**
 * Test-time augmentation: several views of each picture, whose scores are averaged.
 * - `flip`: as it is, and mirrored.
 * - `five-crop`: the four corners and the middle of the picture loaded 8/7 as large (256 for 224).
 * - `ten-crop`: the same five, and mirrored.
 * - a number: so many random crops of the picture loaded 8/7 as large, half of them mirrored.
 */
export interface ViewPlan {
  readonly name: string;
  readonly count: number;
  /** The size at which pictures are loaded for an input. */
  loadSize(input: PictureSize): PictureSize;
  /** Where the views of the next picture lie. */
  views(input: PictureSize): readonly View[];
}

/** A window of the loaded picture, in pixels from its upper left corner. */
export interface View {
  readonly left: number;
  readonly top: number;
  readonly mirrored: boolean;
}

/** The most random views of one picture. */
const MOST_VIEWS = 100;

/** The plan that a user names; `random` gives numbers from 0 to 1. Throws `bad-option`. */
export function parseViewPlan(text: string, random: () => number): ViewPlan {
  const name = text.toLowerCase();
  if (name === "flip") {
    return {
      name,
      count: 2,
      loadSize: (input) => input,
      views: () => [whole, { ...whole, mirrored: true }],
    };
  }
  if (name === "five-crop") return cropPlan(name, 5, fiveCrops);
  if (name === "ten-crop") {
    return cropPlan(name, 10, (room) => {
      const crops = fiveCrops(room);
      return [...crops, ...crops.map((crop) => ({ ...crop, mirrored: true }))];
    });
  }
  const count = Number(name);
  if (Number.isSafeInteger(count) && count > 1 && count <= MOST_VIEWS) {
    return cropPlan(name, count, (room) => randomCrops(room, count, random));
  }
  return fail(
    "bad-option",
    `--tta is "${text}", expected flip, five-crop, ten-crop or a number from 2 to ${MOST_VIEWS}.`,
  );
}

const whole: View = { left: 0, top: 0, mirrored: false };

/** How far a window can be moved. */
interface Room {
  readonly x: number;
  readonly y: number;
}

function cropPlan(name: string, count: number, crops: (room: Room) => readonly View[]): ViewPlan {
  const loadSize = ({ width, height }: PictureSize) => ({
    width: enlarged(width),
    height: enlarged(height),
  });
  return {
    name,
    count,
    loadSize,
    views(input) {
      const { width, height } = loadSize(input);
      return crops({ x: width - input.width, y: height - input.height });
    },
  };
}

function enlarged(size: number): number {
  return Math.round((size * 8) / 7);
}

function fiveCrops({ x, y }: Room): readonly View[] {
  const places = [
    [0, 0],
    [x, 0],
    [0, y],
    [x, y],
    [Math.floor(x / 2), Math.floor(y / 2)],
  ] as const;
  return places.map(([left, top]) => ({ left, top, mirrored: false }));
}

function randomCrops({ x, y }: Room, count: number, random: () => number): readonly View[] {
  return Array.from({ length: count }, () => ({
    left: Math.floor(random() * (x + 1)),
    top: Math.floor(random() * (y + 1)),
    mirrored: random() < 0.5,
  }));
}

/** Copies one view of a prepared picture of size `loaded` into `target` from `offset` on. */
export function copyView(
  picture: Float32Array,
  loaded: PictureSize,
  { left, top, mirrored }: View,
  { width, height, channels, layout }: PictureInput,
  target: Float32Array,
  offset: number,
): void {
  // Channels first: as many gray pictures one behind the other.
  const planes = layout === "channels-first" ? channels : 1;
  const step = layout === "channels-first" ? 1 : channels;
  let to = offset;
  for (let plane = 0; plane < planes; plane++) {
    const base = plane * loaded.width * loaded.height;
    for (let row = 0; row < height; row++) {
      const from = base + ((top + row) * loaded.width + left) * step;
      for (let column = 0; column < width; column++) {
        const pixel = from + (mirrored ? width - 1 - column : column) * step;
        for (let channel = 0; channel < step; channel++)
          target[to++] = picture[pixel + channel] ?? 0;
      }
    }
  }
}

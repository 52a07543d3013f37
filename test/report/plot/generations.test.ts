import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { summariseKeras } from "../../../src/sources/keras/summarise.ts";
import { FIXTURES } from "../../cases.ts";
import { pictureOf, placed } from "./draw.ts";

const ROOT = join(FIXTURES, "generations");

const models = readdirSync(ROOT)
  .sort()
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => /^model\.(hdf5|h5|keras)$/.test(file))
      .map((file) => join(folder, file)),
  );

describe.each(models)("the picture of %s", (path) => {
  const { summary } = summariseKeras(bytesSource(readFileSync(join(ROOT, path)), path));

  it("connects every layer and knows every shape", () => {
    const { boxes, lines } = pictureOf(summary);
    const linked = new Set(lines.flatMap(({ from, to }) => [from, to]));
    expect(boxes.filter(({ id }) => !linked.has(id))).toEqual([]);
    expect(boxes.filter(({ shapes }) => shapes.length === 0)).toEqual([]);
    expect(lines.filter(({ shape }) => shape === "")).toEqual([]);
  });

  it("has boxes that do not touch, and lines that begin and end at them", () => {
    const { boxes, lines } = placed(pictureOf(summary));
    const places = new Map(boxes.map((place) => [place.box.id, place]));
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(index + 1)) {
        const apartX = a.x + a.width < b.x || b.x + b.width < a.x;
        const apartY = a.y + a.height < b.y || b.y + b.height < a.y;
        expect(apartX || apartY).toBe(true);
      }
    }
    for (const { line, points, tip } of lines) {
      const from = places.get(line.from);
      const to = places.get(line.to);
      expect(points[0]?.y).toBeCloseTo((from?.y ?? 0) + (from?.height ?? 0), -1);
      expect(tip.y).toBeCloseTo(to?.y ?? 0, -1);
    }
  });
});

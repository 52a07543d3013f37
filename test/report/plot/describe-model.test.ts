import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { summariseKeras } from "../../../src/sources/keras/summarise.ts";
import { FIXTURES } from "../../cases.ts";
import { layer, model, pictureOf, siamese } from "./draw.ts";

/** `from > to` by the names of boxes, with the label. */
function linesOf(picture: ReturnType<typeof pictureOf>): readonly string[] {
  const names = new Map(picture.boxes.map(({ id, name }) => [id, name]));
  return picture.lines.map(({ from, to, label }) =>
    `${names.get(from)} > ${names.get(to)} ${label}`.trim(),
  );
}

describe("a picture of a model", () => {
  it("opens nested models, and leads lines to and from the layers inside", () => {
    const picture = pictureOf(siamese());
    expect(picture.frames).toEqual([
      { id: "f0", depth: 0, title: "encoder · Functional · shared ×2" },
      { id: "f1", frame: "f0", depth: 1, title: "projection · Sequential" },
    ]);
    expect(picture.boxes.map(({ name, frame }) => [name, frame])).toEqual([
      ["left", undefined],
      ["right", undefined],
      ["digit", "f0"],
      ["wide", "f1"],
      ["narrow", "f1"],
      ["difference", undefined],
    ]);
    expect([...linesOf(picture)].sort()).toEqual([
      "digit > wide",
      "left > digit call 1",
      "narrow > difference call 1",
      "narrow > difference call 2",
      "right > digit call 2",
      "wide > narrow",
    ]);
  });

  it("shows a nested model as one box when it stays closed", () => {
    const picture = pictureOf(siamese(), { expand: false });
    expect(picture.frames).toEqual([]);
    expect(picture.boxes.map(({ name, facts, badges }) => [name, facts, ...badges])).toEqual([
      ["left", ""],
      ["right", ""],
      ["encoder", "2 layers", "shared ×2"],
      ["difference", "", "output"],
    ]);
  });

  it("knows which output of a nested model a line begins at", () => {
    const inner = layer("twins", "Functional", [["input"]], {
      model: {
        sequential: false,
        built: true,
        layers: [
          layer("in", "InputLayer", [[]]),
          layer("a", "Dense", [["in"]]),
          layer("b", "Dense", [["in"]]),
        ],
        inputs: [{ layer: "in", call: 0, tensor: 0 }],
        results: [
          { layer: "b", call: 0, tensor: 0 },
          { layer: "a", call: 0, tensor: 0 },
        ],
        outputs: [
          [null, 8],
          [null, 8],
        ],
      },
    });
    const picture = pictureOf(
      model(
        layer("input", "InputLayer", [[]]),
        inner,
        layer("first", "ReLU", [["twins:0:0"]]),
        layer("second", "ReLU", [["twins:0:1"]]),
      ),
    );
    expect(linesOf(picture)).toEqual(expect.arrayContaining(["b > first", "a > second"]));
  });

  it("says the settings that matter, shapes and parameters", () => {
    const path = join(FIXTURES, "generations/k224/model.hdf5");
    const { summary } = summariseKeras(bytesSource(readFileSync(path), "model.hdf5"));
    const picture = pictureOf(summary);
    const conv = picture.boxes.find(({ className }) => className === "Conv2D");
    expect(conv).toMatchObject({
      family: "conv",
      name: "conv1",
      facts: "3×3, 6 filters, stride 2, same",
      shapes: ["(None, 8, 8, 6)"],
      parameters: "162 params",
    });
    expect(picture.boxes.at(-1)?.badges).toEqual(["output"]);
  });

  it("marks layers that are not trained, and types, when asked", () => {
    const frozen = layer("still", "Dense", [[]], {
      trainable: false,
      config: { units: 4, dtype: { class_name: "DTypePolicy", config: { name: "mixed_float16" } } },
    });
    const [box] = pictureOf(model(frozen), { trainable: true, dtypes: true, shapes: false }).boxes;
    expect(box).toMatchObject({
      badges: ["frozen", "output"],
      facts: "4 units, mixed_float16",
      shapes: [],
    });
  });

  it("draws a layer that follows one that is not there", () => {
    expect(pictureOf(model(layer("alone", "Dense", [["nobody"]]))).lines).toEqual([]);
  });
});

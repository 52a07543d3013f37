import { describe, expect, it } from "vitest";
import { describeWithin } from "../../../src/report/plot/describe-within.ts";
import { layer, model, OPTIONS, siamese } from "./draw.ts";

describe("a picture with a limit", () => {
  it("keeps nested models closed when only their layers are too many", () => {
    const { picture, warnings } = describeWithin(siamese(), OPTIONS, { boxes: 4 });
    expect(picture.boxes.map(({ name }) => name)).toEqual([
      "left",
      "right",
      "encoder",
      "difference",
    ]);
    expect(warnings).toEqual([
      {
        code: "limit",
        text: "Nested models are drawn as one box each: with their layers there were 6 boxes, more than 4.",
      },
    ]);
  });

  it("refuses more layers", () => {
    expect(() => describeWithin(siamese(), OPTIONS, { boxes: 3, hint: "Do less." })).toThrow(
      "The model has 4 layers, a drawing 3 at most.\n  Do less.",
    );
  });

  it("refuses more connections", () => {
    const busy = layer("sum", "Add", [Array.from({ length: 2001 }, () => "input")]);
    expect(() =>
      describeWithin(model(layer("input", "InputLayer", [[]]), busy), OPTIONS, { boxes: 1000 }),
    ).toThrow("The model has 2,001 connections, a drawing 2,000 at most.");
  });

  it("has room for ten thousand layers", () => {
    const layers = Array.from({ length: 10_000 }, (_, index) =>
      layer(`relu_${index}`, "ReLU", [index === 0 ? [] : [`relu_${index - 1}`]]),
    );
    const { picture } = describeWithin(model(...layers), OPTIONS, { boxes: 10_000 });
    expect(picture.lines).toHaveLength(9_999);
  });
});

import { describe, expect, it } from "vitest";
import { bytesOf, edited, refusalOf, smallModel } from "./edited.ts";

describe("metadata", () => {
  it("is added, changed and removed, entry by entry", () => {
    const first = edited(bytesOf(smallModel()), {
      author: "Ann",
      license: "MIT",
      userDefined: { b: "2", a: "1" },
    });
    expect(first.model.description?.metadata).toEqual({
      author: "Ann",
      license: "MIT",
      userDefined: new Map([
        ["a", "1"],
        ["b", "2"],
      ]),
    });
    const second = edited(first.bytes, {
      author: "Bea",
      license: "",
      modelVersion: "1.0",
      shortDescription: "Tells.",
      userDefined: { a: "", c: "3" },
    });
    expect(second.model.description?.metadata).toEqual({
      author: "Bea",
      versionString: "1.0",
      shortDescription: "Tells.",
      userDefined: new Map([
        ["b", "2"],
        ["c", "3"],
      ]),
    });
    expect(second.changes).toEqual([
      'author: "Ann" → "Bea"',
      'license "MIT" is removed',
      'short description: "Tells."',
      'version: "1.0"',
      '"a" "1" is removed',
      '"c": "3"',
    ]);
    // As if it had been written so at once.
    expect([...second.bytes]).toEqual([...bytesOf(second.model)]);
  });
});

describe("descriptions", () => {
  it("are set and removed by the new names", () => {
    const { model, bytes } = edited(bytesOf(smallModel()), {
      rename: { x: "image" },
      inputDescriptions: { image: "A picture." },
      outputDescriptions: { y: "Scores." },
    });
    expect(model.description).toMatchObject({
      input: [{ name: "image", shortDescription: "A picture." }],
      output: [{ shortDescription: "Scores." }],
    });
    const { changes } = edited(bytes, { inputDescriptions: { image: "" } });
    expect(changes).toEqual(['description of "image" "A picture." is removed']);
  });

  it("are refused for what is not there", () => {
    expect(refusalOf(smallModel(), { inputDescriptions: { y: "" } })).toBe(
      'bad-option inputDescriptions names "y", which is none of the model\'s inputs.\n  There are, with their new names: x.',
    );
  });
});

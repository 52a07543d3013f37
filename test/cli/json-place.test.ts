import { expect, it } from "vitest";
import { placeAt, placeInJson } from "../../src/cli/json-place.ts";

const TEXT = `{
  "a": { "b": [1, "x, ]}", { "c": null }], "\\u0064": true },
  "e": "}"
}`;

it.each([
  [["a"], 2, 3],
  [["a", "b"], 2, 10],
  [["a", "b", 1], 2, 19],
  [["a", "b", 2, "c"], 2, 30],
  [["a", "d"], 2, 44],
  [["e"], 3, 3],
  [["a", "z"], 2, 3],
  [["z"], 1, 1],
])("finds %j", (path, line, column) => {
  expect(placeInJson(TEXT, path)).toEqual({ line, column });
});

it("counts lines and columns from 1", () => {
  expect(placeAt("ab\ncd", 4)).toEqual({ line: 2, column: 2 });
});

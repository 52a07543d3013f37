import { describe, expect, it } from "vitest";
import { byCodePoint, orderClasses } from "../../src/image/classes.ts";

describe("orderClasses", () => {
  it("sorts as Python does: upper case first, then by code point", () => {
    // sorted(["b", "Zebra", "apple", "10", "9", "ä", "\U0001F600", "\uFFFD"]) of Python 3
    const names = ["b", "Zebra", "apple", "10", "9", "ä", "\u{1F600}", "\uFFFD"];
    expect(orderClasses(names, undefined, "class").classes).toEqual([
      "10",
      "9",
      "Zebra",
      "apple",
      "b",
      "ä",
      "\uFFFD",
      "\u{1F600}",
    ]);
  });

  it("keeps the order of labels, and says which of them nothing has", () => {
    expect(orderClasses(["a", "c"], ["c", "b", "a"], "class")).toEqual({
      classes: ["c", "b", "a"],
      missing: ["b"],
    });
  });

  it("refuses names that are not among the labels, with the likeliest reason", () => {
    expect(() => orderClasses(["hot_dog", "x"], ["apple", "hot dog"], "class folder")).toThrow(
      '2 class folders are not among the 2 labels: "hot_dog", "x".\n' +
        '  "hot_dog" may be "hot dog": the names must be equal.',
    );
    expect(() => orderClasses(["x"], ["a", "b"], "class folder")).toThrow(
      '1 class folder is not among the 2 labels: "x".\n  The labels are "a", "b".',
    );
  });
});

describe("byCodePoint", () => {
  it("puts a string before those it begins", () => {
    expect(["ab", "a", "abc", ""].sort(byCodePoint)).toEqual(["", "a", "ab", "abc"]);
  });
});

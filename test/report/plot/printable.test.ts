import { describe, expect, it } from "vitest";
import { printable, shorten } from "../../../src/report/plot/printable.ts";

describe("a printable text", () => {
  it("spells out what cannot be seen", () => {
    expect(printable("a\nb\u0000\u202ec\ud800d\uffff")).toBe(
      "a\\u000ab\\u0000\\u202ec\\ud800d\\uffff",
    );
  });

  it("leaves every other character", () => {
    expect(printable("слой שלום 层 🦊 <&>")).toBe("слой שלום 层 🦊 <&>");
  });
});

describe("a shortened text", () => {
  it("keeps both ends", () => {
    expect(shorten("abcdefghij", 5)).toBe("ab…ij");
    expect(shorten("abc", 3)).toBe("abc");
  });
});

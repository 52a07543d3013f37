import { describe, expect, it } from "vitest";
import { fitText, textWidth } from "../../../src/report/plot/text-width.ts";

const STYLE = { size: 10, weight: "regular" } as const;

describe("the width of a text", () => {
  it("is that of Arimo", () => {
    // hmtx of Arimo: W 944, i 222, é as wide as it can be.
    expect(textWidth("Wi", STYLE)).toBeCloseTo(11.66);
    expect(textWidth("é", STYLE)).toBe(10.5);
  });
});

describe("a text that is too wide", () => {
  it("keeps its beginning and its end", () => {
    const text = fitText("block_1_expand_BN_the_longest_of_names_17", 100, STYLE);
    expect(text).toMatch(/^block_1_.*….*_17$/);
    expect(textWidth(text, STYLE)).toBeLessThanOrEqual(100);
  });

  it("is not cut when it fits", () => {
    expect(fitText("conv1", 100, STYLE)).toBe("conv1");
  });

  it("is cut between characters, however long it is", () => {
    const text = fitText("🦊".repeat(1_000_000), 60, STYLE);
    expect(text).toMatch(/^(🦊)+…(🦊)+$/u);
    expect(textWidth(text, STYLE)).toBeLessThanOrEqual(60);
  });
});

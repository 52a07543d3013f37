import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/json.ts";
import { spellValue } from "../../../src/report/plot/spell-value.ts";

describe("a setting", () => {
  it("of a class is spelled as a call", () => {
    const initializer = { module: "keras", class_name: "GlorotUniform", config: { seed: null } };
    expect(spellValue(initializer)).toBe("GlorotUniform(seed: null)");
    expect(spellValue({ class_name: "Zeros", config: {}, registered_name: null })).toBe("Zeros");
    expect(spellValue({ class_name: "function", config: "relu" })).toBe("relu");
  });

  it("of numbers is spelled as a tuple", () => {
    expect(spellValue([3, [1, 2]])).toBe("(3, (1, 2))");
    expect(spellValue({ l2: 0.01, of: null })).toBe("{l2: 0.01, of: null}");
  });

  it("ends where nobody would read on", () => {
    let deep: Json = 1;
    for (let depth = 0; depth < 20_000; depth++) deep = [deep];
    expect(spellValue(deep)).toBe("((((((((…))))))))");
  });
});

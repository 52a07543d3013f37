import { describe, expect, it } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { piecedSource } from "../../../src/formats/coreml/pieced-source.ts";
import { bytesIn, wholeOf } from "../../../src/formats/coreml/region.ts";
import {
  inMessage,
  inText,
  type Rule,
  scalarOf,
  setTo,
} from "../../../src/formats/coreml/rewrite.ts";

// FeatureDescription: 3 an empty type, 1 "a" with a length in two bytes, an unknown field 9.
const FEATURE = Uint8Array.of(0x1a, 0, 0x0a, 0x81, 0x00, 0x61, 0x48, 7);

function rewritten(rule: Rule): number[] | undefined {
  const content = rule(wholeOf(bytesSource(FEATURE)));
  return content && [...collectBytes(piecedSource(content, "m"))];
}

describe("a rule", () => {
  it("leaves no trace where it changes nothing", () => {
    expect(rewritten(inMessage("FeatureDescription", { name: inText(() => undefined) }))).toBe(
      undefined,
    );
    expect(rewritten(inMessage("FeatureDescription", { shortDescription: setTo(undefined) }))).toBe(
      undefined,
    );
  });

  it("changes a field where it stands, and keeps the bytes of all others", () => {
    const rule = inMessage("FeatureDescription", { name: inText((name) => `${name}b`) });
    expect(rewritten(rule)).toEqual([0x1a, 0, 0x0a, 2, 0x61, 0x62, 0x48, 7]);
  });

  it("adds a field by its number, replaces and removes it", () => {
    const text = scalarOf("FeatureDescription", "shortDescription", "c");
    const added = rewritten(inMessage("FeatureDescription", { shortDescription: setTo(text) }));
    expect(added).toEqual([0x12, 1, 0x63, ...FEATURE]);
    const replaced = rewritten(inMessage("FeatureDescription", { name: setTo(text) }));
    expect(replaced).toEqual([0x1a, 0, 0x0a, 1, 0x63, 0x48, 7]);
    const removed = rewritten(inMessage("FeatureDescription", { name: setTo(undefined) }));
    expect(removed).toEqual([0x1a, 0, 0x48, 7]);
  });
});

describe("a pieced source", () => {
  it("reads any stretch across its pieces", () => {
    const file = bytesSource(Uint8Array.of(0, 1, 2, 3, 4, 5));
    const part = { ...wholeOf(file), offset: 2, size: 3 };
    const source = piecedSource(
      [Uint8Array.of(9), part, Uint8Array.of(), Uint8Array.of(8, 7)],
      "m",
    );
    for (let start = 0; start <= 6; start++) {
      for (let end = start; end <= 6; end++) {
        const bytes = bytesIn({ source, offset: start, size: end - start, depth: 0 });
        expect([...bytes]).toEqual([9, 2, 3, 4, 8, 7].slice(start, end));
      }
    }
  });
});

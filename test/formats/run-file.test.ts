import { describe, expect, it } from "vitest";
import { bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { readRunFile, writeRunFile } from "../../src/formats/run-file.ts";

const RUN = {
  state: {
    epoch: 3,
    best: Number.POSITIVE_INFINITY,
    sums: { loss: Number.NaN, acc: 0.1 + 0.2 },
    number: { number: "7" },
    list: [1, null, true, "ü", Number.NEGATIVE_INFINITY],
  },
  arrays: [
    { name: "a", values: Float32Array.of(1.5, -0, Number.NaN) },
    { name: "b", values: Float64Array.of(Math.PI) },
    { name: "none", values: new Float32Array(0) },
  ],
};

const BYTES = collectBytes(writeRunFile(RUN));

describe("a saved run", () => {
  it("comes back bit for bit", () => {
    expect(readRunFile(bytesSource(BYTES))).toEqual(RUN);
  });

  it("is refused when it is something else", () => {
    for (const bytes of [
      new Uint8Array(0),
      new Uint8Array(100),
      new TextEncoder().encode("kcrun"),
    ]) {
      expect(() => readRunFile(bytesSource(bytes, "x"))).toThrow(
        "x: This is no saved run of kc train.",
      );
    }
  });

  it("is refused at any length but its own", () => {
    for (let length = 0; length < BYTES.length; length++) {
      expect(() => readRunFile(bytesSource(BYTES.slice(0, length)))).toThrow(
        /no saved run|damaged/,
      );
    }
    expect(() => readRunFile(bytesSource(Uint8Array.of(...BYTES, 0)))).toThrow("damaged");
  });

  it("is refused with any bit turned", () => {
    for (let at = 0; at < BYTES.length; at++) {
      const turned = BYTES.slice();
      turned[at] = (turned[at] ?? 0) ^ (1 << (at % 8));
      expect(() => readRunFile(bytesSource(turned)), `byte ${at}`).toThrow(/no saved run|damaged/);
    }
  });
});

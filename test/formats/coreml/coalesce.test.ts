import { expect, test } from "vitest";
import { coalesce } from "../../../src/formats/coreml/coalesce.ts";

const lengths = (pieces: readonly Uint8Array[]) =>
  Array.from(coalesce(pieces), (chunk) => chunk.length);

test("many small pieces become few chunks", () => {
  const pieces = new Array<Uint8Array>(10_000).fill(new Uint8Array(100));
  const sizes = lengths(pieces);
  expect(sizes.length).toBeLessThan(6);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1_000_000);
});

test("large pieces pass through uncopied, in order", () => {
  const large = new Uint8Array(100_000);
  const chunks = coalesce([Uint8Array.of(1), large, Uint8Array.of(2)]);
  expect(chunks.next().value).toEqual(Uint8Array.of(1));
  expect(chunks.next().value).toBe(large);
  expect(chunks.next().value).toEqual(Uint8Array.of(2));
  expect(chunks.next().done).toBe(true);
});

test("nothing gives nothing", () => {
  expect(lengths([])).toEqual([]);
});

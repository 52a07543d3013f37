import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KcError } from "../src/errors.ts";
import { bytesSource } from "../src/formats/bytes.ts";
import { readKeras } from "../src/sources/keras/index.ts";
import { writeCoreML } from "../src/targets/coreml-nn/index.ts";
import { FIXTURES } from "./cases.ts";
import { MUTATIONS, random } from "./mutations.ts";

/** The slowest that any file may be, in milliseconds, and the most memory, in bytes. */
const SLOWEST = 2_000;
const LARGEST = 256 * 2 ** 20;

/** What becomes of a file: `converted`, or the code of its refusal. Anything but a `KcError` goes through. */
function outcome(bytes: Uint8Array): string {
  try {
    const { graph } = readKeras(bytesSource(bytes, "mutant"));
    let size = 0;
    for (const chunk of writeCoreML(graph).file.chunks()) size += chunk.length;
    return size > 0 ? "converted" : "empty";
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    return error.code;
  }
}

describe.each([
  ["an HDF5 file of Keras 2", "generations/k224/model.hdf5", 4 * 220],
  ["a new-style, compressed HDF5 file", "generations/h5_latest_gzip/model.hdf5", 4 * 120],
  ["a .keras archive of Keras 3", "generations/k3151/model.keras", 4 * 160],
])("mutants of %s", (_, path, count) => {
  const original = new Uint8Array(readFileSync(join(FIXTURES, path)));

  it("start from a file that converts", () => {
    expect(outcome(original)).toBe("converted");
  });

  it(`are refused or converted, all ${count}, quickly and in little memory`, () => {
    const before = process.resourceUsage().maxRSS;
    const outcomes = new Map<string, number>();
    const slow: string[] = [];
    for (const [kind, mutate] of Object.entries(MUTATIONS)) {
      for (let seed = 0; seed < count / 4; seed++) {
        const mutant = mutate(original, random(seed));
        const start = performance.now();
        const code = outcomeOf(`${kind}, seed ${seed}`, mutant);
        if (performance.now() - start > SLOWEST) slow.push(`${kind}, seed ${seed}`);
        outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      }
    }
    expect(slow).toEqual([]);
    expect((process.resourceUsage().maxRSS - before) * 1024).toBeLessThan(LARGEST);
    expect(outcomes.get("internal")).toBe(undefined);
    expect(outcomes.get("converted")).toBeGreaterThan(0);
    expect([...outcomes.values()].reduce((sum, number) => sum + number, 0)).toBe(count);
  });
});

/** Names the mutant in whatever is wrongly thrown. */
function outcomeOf(name: string, bytes: Uint8Array): string {
  try {
    return outcome(bytes);
  } catch (error) {
    throw new Error(`${name}: ${error}`, { cause: error });
  }
}

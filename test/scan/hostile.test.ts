import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/formats/bytes.ts";
import { scanFile } from "../../src/scan/scan.ts";
import { FIXTURES } from "../cases.ts";
import { STRUCTURAL } from "../coreml-mutants.ts";
import { MUTATIONS, random } from "../mutations.ts";

const SLOWEST = 2_000;
const LARGEST = 256 * 2 ** 20;

describe.each([
  ["HDF5 of Keras 2", "generations/k224/model.hdf5", 400],
  ["compressed new-style HDF5", "generations/h5_latest_gzip/model.hdf5", 400],
  ["a .keras archive", "scan/clean.keras", 400],
  ["links and data elsewhere", "scan/elsewhere.h5", 200],
  ["an archive of bad members", "scan/members.keras", 200],
  ["a NumPy archive", "scan/objects.npz", 200],
  ["a neural network", "micro/residual/golden.mlmodel", 100],
  ["a network of states", "micro/bilstm_concat/golden.mlmodel", 40],
  ["a package", "mlpackage/keras/image_rgb/model.mlpackage.zip", 100],
  ["a program", "mlpackage/examples/cnn-fp32.mlpackage/Data/com.apple.CoreML/model.mlmodel", 40],
])("mutants of %s", (_, path, count) => {
  it(`are scanned, all ${count}, quickly and in little memory`, () => {
    const original = new Uint8Array(readFileSync(join(FIXTURES, path)));
    const before = process.resourceUsage().maxRSS;
    const slow: string[] = [];
    let hits = 0;
    const mutations = path.endsWith(".mlmodel") ? { ...MUTATIONS, ...STRUCTURAL } : MUTATIONS;
    for (const [kind, mutate] of Object.entries(mutations)) {
      for (let seed = 0; seed < count / 4; seed++) {
        const mutant = mutate(original, random(seed));
        const start = performance.now();
        hits += scanFile(bytesSource(mutant, "mutant")).length > 0 ? 1 : 0;
        if (performance.now() - start > SLOWEST) slow.push(`${kind} ${seed}`);
      }
    }
    expect(slow).toEqual([]);
    expect(hits).toBeGreaterThan(count / 4);
    expect((process.resourceUsage().maxRSS - before) * 1024).toBeLessThan(LARGEST);
  }, 60_000);
});

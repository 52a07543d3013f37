import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { readFloat32, sizeOf, type WeightRef } from "../../../src/ir/tensor.ts";
import { readCoreML } from "../../../src/sources/coreml/index.ts";
import { seededRandom } from "../../../src/verify/compare/index.ts";
import { openCase } from "../../cases.ts";

describe("a damaged Core ML file", () => {
  test.each([
    "generations/k224",
    "micro/bilstm_concat",
    "micro/embedding_flatten",
    "micro/deconv_same_s2",
  ])("%s with any byte changed is read or refused, and nothing else happens", (id) => {
    const bytes = readFileSync(join(openCase(id).folder, "golden.mlmodel"));
    const random = seededRandom(11);
    const failures = Array.from({ length: 80 }, (_, mutant) => {
      const copy = Uint8Array.from(
        mutant % 4 === 0 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes,
      );
      for (let change = 0; change <= mutant % 3; change++) {
        copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
      }
      return outcomeOf(copy);
    });
    expect(failures.filter((failure) => failure !== undefined)).toEqual([]);
  });
});

/** What was thrown that should not be. */
function outcomeOf(bytes: Uint8Array): string | undefined {
  try {
    const { graph } = readCoreML(bytesSource(bytes, "Mutant.mlmodel"));
    for (const { op } of graph.nodes) {
      const refs: readonly (WeightRef | undefined)[] = Object.values(op.weights);
      for (const ref of refs) if (ref !== undefined && sizeOf(ref.shape) < 1e6) readFloat32(ref);
    }
    return undefined;
  } catch (error) {
    return error instanceof KcError && error.code !== "internal" ? undefined : String(error);
  }
}

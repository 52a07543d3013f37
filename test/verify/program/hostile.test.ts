import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { type ByteFolder, bytesSource } from "../../../src/formats/bytes.ts";
import { openCoreML } from "../../../src/formats/coreml/open.ts";
import { createInterpreter, type ModelInput } from "../../../src/verify/index.ts";
import { wiringOf } from "../../../src/verify/wiring.ts";
import { FIXTURES } from "../../cases.ts";
import { MUTATIONS, random } from "../../mutations.ts";

const EXAMPLES = join(FIXTURES, "mlpackage/examples");
const NAMES = ["cnn-fp32", "cnn-int8-ios18", "cnn-palettized4"] as const;
const PATHS = [
  "Manifest.json",
  "Data/com.apple.CoreML/model.mlmodel",
  "Data/com.apple.CoreML/weights/weight.bin",
] as const;

/** Of each kind and file; more of them for a longer look. */
const MUTANTS = Number(process.env.MUTANTS ?? 25);

type Files = ReadonlyMap<string, Uint8Array>;

function filesOf(name: string): Files {
  const folder = join(EXAMPLES, `${name}.mlpackage`);
  return new Map(PATHS.map((path) => [path, Uint8Array.from(readFileSync(join(folder, path)))]));
}

function folderOf(files: Files): ByteFolder {
  return {
    name: "mutant",
    open(path) {
      const bytes = files.get(path);
      return bytes && bytesSource(bytes, path);
    },
    has: (path) => [...files.keys()].some((one) => one.startsWith(path)),
  };
}

/** What becomes of a package: `ran`, or the code of its refusal. Anything but a `KcError` goes through. */
function outcome(files: Files): string {
  try {
    const { model, blobs } = openCoreML(folderOf(files));
    const inputs = wiringOf(model).inputs.map(({ name = "", type }): [string, ModelInput] => {
      const { width = 1, height = 1, colorSpace } = type?.imageType ?? {};
      const count = Math.min(width * height * (colorSpace === "GRAYSCALE" ? 1 : 3), 2 ** 20);
      return [name, { width, height, pixels: new Float32Array(count).fill(100) }];
    });
    createInterpreter(model, blobs).run(Object.fromEntries(inputs));
    return "ran";
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    return error.code;
  }
}

describe("damaged packages end in a result or in a KcError, and soon", () => {
  const cases = NAMES.flatMap((name) => PATHS.map((path) => [name, path] as const));

  it.each(cases)("%s with a damaged %s", (name, path) => {
    const files = filesOf(name);
    const sound = files.get(path) ?? new Uint8Array(0);
    const codes = new Set<string>();
    let slowest = 0;
    Object.values(MUTATIONS).forEach((mutate, kind) => {
      const pick = random(kind + 1);
      for (let count = 0; count < MUTANTS; count++) {
        const bytes = mutate(sound, pick);
        const start = performance.now();
        codes.add(outcome(new Map([...files, [path, bytes]])));
        slowest = Math.max(slowest, performance.now() - start);
      }
    });
    expect(codes.size).toBeGreaterThan(1);
    expect(slowest).toBeLessThan(5_000);
  });
});

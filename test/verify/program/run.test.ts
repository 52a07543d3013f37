import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { createInterpreter, type ModelInput, type ModelOutput } from "../../../src/verify/index.ts";
import { FIXTURES } from "../../cases.ts";
import {
  listPackages,
  openPackage,
  type PackageCase,
  packagePath,
  readPackageArray,
} from "../../packages.ts";

const EXAMPLES = join(FIXTURES, "mlpackage/examples");

function numbersOf(output: ModelOutput | undefined): readonly number[] {
  if (typeof output !== "object") throw new Error("no numbers came out");
  return "data" in output ? [...output.data] : [...output.values()];
}

/** One sample as an app would hand it over: pictures before their preparation. */
function inputOf({ json }: PackageCase, data: Float32Array, shape: readonly number[]): ModelInput {
  const { color, scale = 1, bias = [] } = json;
  if (color === undefined) return { shape: [1, ...shape], data };
  const [height = 1, width = 1, channels = 1] = shape;
  const pixels = data.map((_, index) => {
    const channel = index % channels;
    const stored = color === "BGR" ? channels - 1 - channel : channel;
    const value = data[index - channel + stored] ?? 0;
    return (value - (bias[stored] ?? 0)) / scale;
  });
  return { width, height, pixels };
}

/** How far the worst number of any sample is beyond what the case allows. */
function excessOf(testCase: PackageCase): number {
  const { inputs, outputs, tolerance } = testCase.json;
  const file = openPackage(packagePath(testCase));
  const { description } = file.model;
  const interpreter = createInterpreter(file.model, file.blobs);
  const names = (description?.output ?? [])
    .map(({ name }) => name ?? "")
    .filter((name) => name !== description?.predictedFeatureName);
  let excess = Number.NEGATIVE_INFINITY;
  for (let sample = 0; sample < (inputs[0]?.shape[0] ?? 0); sample++) {
    const part = (array: (typeof inputs)[number]) => {
      const all = readPackageArray(testCase, array);
      const size = all.length / (array.shape[0] ?? 1);
      return all.subarray(sample * size, (sample + 1) * size);
    };
    const given = inputs.map((array, index) => [
      description?.input?.[index]?.name ?? "",
      inputOf(testCase, part(array), array.shape.slice(1)),
    ]);
    const results = interpreter.run(Object.fromEntries(given));
    outputs.forEach((array, index) => {
      const numbers = numbersOf(results.get(names[index] ?? ""));
      const expected = part(array);
      expect(numbers.length).toBe(expected.length);
      expected.forEach((want, at) => {
        const off = Math.abs((numbers[at] ?? Number.NaN) - want);
        excess = Math.max(excess, off - tolerance.abs - tolerance.rel * Math.abs(want));
      });
    });
  }
  return excess;
}

describe("programs that coremltools made of Keras models give Keras' numbers", () => {
  test.each(listPackages().map((one) => [one.name, one] as const))("%s", (_, testCase) => {
    expect(excessOf(testCase)).toBeLessThanOrEqual(0);
  });
});

describe("example packages give what an evaluation in float64 gives", () => {
  const expected: Readonly<Record<string, { probabilities: Readonly<Record<string, number>> }>> =
    JSON.parse(readFileSync(join(EXAMPLES, "expected.json"), "utf8"));
  const bytes = readFileSync(join(EXAMPLES, "input.bin"));
  const planes = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 3072));
  const pixels = planes.map((_, index) => planes[(index % 3) * 256 + Math.floor(index / 3)] ?? 0);

  it.each(readdirSync(EXAMPLES).filter((name) => name.endsWith(".mlpackage")))("%s", (name) => {
    const file = openPackage(join(EXAMPLES, name));
    const image = { width: 16, height: 16, pixels };
    const outputs = createInterpreter(file.model, file.blobs).run({ image });
    expect(outputs.get("classLabel")).toBe("dog");
    const numbers = numbersOf(outputs.get("classLabel_probs"));
    Object.values(expected[name]?.probabilities ?? {}).forEach((want, index) => {
      // coremltools rounds the unpacked weights of the quantised ones to float16.
      expect(Math.abs((numbers[index] ?? Number.NaN) - want)).toBeLessThan(
        name.includes("int8") ? 2e-5 : 1e-7,
      );
    });
  });
});

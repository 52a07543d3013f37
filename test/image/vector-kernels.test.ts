import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import * as augment from "../../src/image/augment/augment.gen.ts";
import * as resample from "../../src/image/resample.gen.ts";
import { vectorKernels } from "../../src/image/vector-kernels.ts";

it.each([
  ["pictures", resample.SOURCES_SHA256],
  ["augment", augment.SOURCES_SHA256],
])("were made of the sources that lie in kernels/%s", (folder, made) => {
  const path = fileURLToPath(new URL(`../../kernels/${folder}`, import.meta.url));
  const hash = createHash("sha256");
  for (const name of readdirSync(path).sort()) hash.update(readFileSync(join(path, name)));
  expect(made, "run npm run generate:kernels").toBe(hash.digest("hex"));
});

it("has room for every block and for what vectors read beyond it, and keeps the memory", () => {
  const kernels = vectorKernels(augment.KERNELS)();
  const lengths = [3, 5_000_000, 0, 16];
  const places = kernels?.places(lengths) ?? [];
  lengths.forEach((length, index) => {
    const end = places[index + 1] ?? kernels?.memory.byteLength ?? 0;
    expect(end - (places[index] ?? 0)).toBeGreaterThanOrEqual(length + 16);
  });
  const size = kernels?.memory.byteLength;
  kernels?.places([1]);
  expect(kernels?.memory.byteLength).toBe(size);
});

it("is left out on machines that cannot run the kernels", () => {
  expect(vectorKernels("AGFzbQEAAAD/")()).toBeUndefined();
});
